/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces of the report: joined where they only continue each other, with their owners, and charged to the files. */
#include "base/array.h"
#include "check/damage/damage_sweep.h"
#include "format/inode.h"

/* Whether @owner goes on where @before ends, after @len bytes. */
static bool continues(const struct damage_sweep *sweep, const struct damage_owner *before, const struct owner *owner,
		      uint64_t len)
{
	const struct damage_report *report = sweep->build->report;

	if (report->files[before->file].info.ino != owner->ino || before->fork != owner->fork ||
	    before->bmbt != owner->bmbt || before->unwritten != owner->unwritten)
		return false;
	return owner->bmbt || before->offset_bytes + len == owner->offset_bytes;
}

/* Whether the cut only goes on where @piece ends. */
static bool goes_on(const struct damage_sweep *sweep, const struct damage_piece *piece, const struct damage_cut *cut,
		    enum damage_code code, uint32_t agno)
{
	uint64_t len = piece->end_bytes - piece->start_bytes;

	if (piece->end_bytes != cut->start || piece->code != code || (piece->in_group && piece->agno != agno))
		return false;
	if (cut->count == 0 || cut->owners->kind != OWNER_FILE)
		return true;
	if (piece->owner_count != cut->count)
		return false;
	for (size_t i = 0; i < cut->count; i++)
		if (!continues(sweep, &sweep->build->report->owners[piece->owner + i], &cut->owners[i], len))
			return false;
	return true;
}

/* Joins the cut to the piece that it continues, if there is one: its index in *index. */
static bool join(struct damage_sweep *sweep, const struct damage_cut *cut, enum damage_code code, uint32_t agno,
		 size_t *index)
{
	struct damage_report *report = sweep->build->report;

	for (size_t k = 0; k < sweep->open.count; k++) {
		struct damage_piece *piece = &report->pieces[sweep->open.items[k]];

		if (!goes_on(sweep, piece, cut, code, agno))
			continue;
		for (size_t i = 0; i < piece->owner_count; i++)
			report->owners[piece->owner + i].past_eof_bytes +=
				damage_past_eof(sweep, &cut->owners[i], cut->end - cut->start);
		piece->end_bytes = cut->end;
		*index = sweep->open.items[k];
		return true;
	}
	return false;
}

static int add_owners(struct damage_sweep *sweep, const struct damage_cut *cut, struct damage_piece *piece)
{
	struct damage_build *build = sweep->build;
	struct damage_report *report = build->report;

	piece->owner = report->owner_count;
	for (size_t i = 0; i < cut->count; i++) {
		const struct owner *owner = &cut->owners[i];

		if (array_reserve(&report->owners, report->owner_count, 1, &build->owner_room,
				  sizeof(*report->owners)) != 0)
			return ERR_NOMEM;
		report->owners[report->owner_count++] =
			(struct damage_owner){.file = damage_file_of(report, owner->ino),
					      .fork = owner->fork,
					      .bmbt = owner->bmbt,
					      .unwritten = owner->unwritten,
					      .offset_bytes = owner->offset_bytes,
					      .past_eof_bytes = damage_past_eof(sweep, owner, cut->end - cut->start)};
	}
	piece->owner_count = cut->count;
	return 0;
}

static int add_inode(void *arg, uint64_t ino, bool allocated)
{
	struct damage_build *build = arg;
	struct damage_report *report = build->report;
	struct damage_inode inode = {.ino = ino, .allocated = allocated};

	if (array_reserve(&report->inodes, report->inode_count, 1, &build->inode_room, sizeof(*report->inodes)) != 0)
		return ERR_NOMEM;
	if (allocated) {
		inode.file = damage_file_of(report, ino);
		report->files[inode.file].what |= DAMAGED_INODE;
	}
	report->inodes[report->inode_count++] = inode;
	return 0;
}

/* What a file loses with a part of what it owns. */
static int charge_file(const struct damage_sweep *sweep, const struct owner *owner, uint64_t len)
{
	struct damage_report *report = sweep->build->report;
	struct damage_file *file = &report->files[damage_file_of(report, owner->ino)];
	uint64_t end = owner->offset_bytes + len - damage_past_eof(sweep, owner, len);

	if (owner->bmbt) {
		file->what |= DAMAGED_FORK_BTREE;
	} else if (owner->fork == FORK_ATTR) {
		file->what |= DAMAGED_ATTRIBUTES;
		file->attribute_bytes += len;
	} else if (file->internal) {
		return 0; /* no user's file */
	} else if (damage_type_of(file) == INODE_MODE_DIR) {
		file->what |= DAMAGED_DIRECTORY;
	} else if (damage_type_of(file) == INODE_MODE_LINK) {
		file->what |= DAMAGED_SYMLINK;
	} else if (!owner->unwritten) {
		return interval_add(&file->data, owner->offset_bytes, end);
	}
	return 0;
}

static int charge_files(const struct damage_sweep *sweep, const struct damage_cut *cut)
{
	int rc = 0;

	for (size_t i = 0; i < cut->count && rc == 0; i++)
		rc = charge_file(sweep, &cut->owners[i], cut->end - cut->start);
	return rc;
}

/* Says it once of bytes that follow each other, however they are cut. */
static int note_nobody(struct damage_sweep *sweep, const struct damage_cut *cut)
{
	struct damage_report *report = sweep->build->report;
	struct damage_note *last = report->note_count > 0 ? &report->notes[report->note_count - 1] : NULL;
	struct damage_note note = {
		.doubt = DOUBT_NO_OWNER, .has_range = true, .start_bytes = cut->start, .end_bytes = cut->end};

	if (last && last->doubt == DOUBT_NO_OWNER && last->end_bytes == cut->start) {
		last->end_bytes = cut->end;
		return 0;
	}
	(void)error_set_at(&note.why, ERR_NOT_FOUND, cut->start, "no owner was found");
	return damage_note_add(report, &note);
}

/* A piece of its own, still without inodes. */
static int new_piece(struct damage_sweep *sweep, struct damage_range *range, const struct damage_cut *cut,
		     enum damage_code code, const struct agaddr *group)
{
	struct damage_build *build = sweep->build;
	struct damage_report *report = build->report;
	struct damage_piece piece = {.start_bytes = cut->start,
				     .end_bytes = cut->end,
				     .code = code,
				     .in_group = group != NULL,
				     .agno = group ? group->agno : 0,
				     .inode = report->inode_count};
	int rc = 0;

	if (cut->count > 0 && cut->owners->kind == OWNER_FILE)
		rc = add_owners(sweep, cut, &piece);
	if (rc == 0)
		rc = array_reserve(&report->pieces, report->piece_count, 1, &build->piece_room, sizeof(piece));
	if (rc != 0)
		return rc;
	report->pieces[report->piece_count++] = piece;
	range->piece_count++;
	return 0;
}

/* The inodes in a cut of piece @index; one that a joined cut only goes on with is listed already. */
static int add_inodes(struct damage_sweep *sweep, size_t index, const struct damage_cut *cut, bool joined)
{
	struct damage_report *report = sweep->build->report;
	uint64_t start = cut->start, inode_bytes = sweep->build->view->geo.inode_bytes;
	int rc;

	if (joined)
		start = (start + inode_bytes - 1) / inode_bytes * inode_bytes;
	rc = damage_each_inode(sweep->build, start, cut->end, add_inode, sweep->build, sweep->err);
	report->pieces[index].inode_count = report->inode_count - report->pieces[index].inode;
	return rc;
}

static int add_to_list(struct piece_list *list, size_t index)
{
	int rc = array_reserve(&list->items, list->count, 1, &list->room, sizeof(*list->items));

	if (rc == 0)
		list->items[list->count++] = index;
	return rc;
}

int damage_add_piece(struct damage_sweep *sweep, struct damage_range *range, const struct damage_cut *cut)
{
	enum damage_code code = DAMAGE_UNKNOWN;
	struct agaddr at = {0};
	bool in_group = geometry_block_of_offset(&sweep->build->view->geo, cut->start, &at), joined = false;
	size_t index = sweep->build->report->piece_count;
	int rc = damage_code_of(sweep, cut, at.agno, &code);

	if (rc == 0 && cut->count > 0 && cut->owners->kind == OWNER_FILE)
		rc = charge_files(sweep, cut);
	if (rc == 0 && code == DAMAGE_UNKNOWN)
		rc = note_nobody(sweep, cut);
	if (rc == 0)
		joined = join(sweep, cut, code, at.agno, &index);
	if (rc == 0 && !joined)
		rc = new_piece(sweep, range, cut, code, in_group ? &at : NULL);
	if (rc == 0)
		rc = add_to_list(&sweep->growing, index);
	return rc == 0 && code == DAMAGE_INODES ? add_inodes(sweep, index, cut, joined) : rc;
}
