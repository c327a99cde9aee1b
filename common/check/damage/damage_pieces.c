/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cutting the bad ranges into pieces that each hit one thing.
 *
 * A sweep over the sorted owners: between two places where owners begin or end, the owners are the same. Cuts are
 * also made where the meaning changes inside an owner: at the sectors of a group's header, at the end of the group, and
 * at the end of a file. Pieces that only continue each other are joined, so that the result does not depend on how
 * the source of the owners had cut them.
 *
 * Where things of several kinds claim the same bytes (the file system is corrupt then) there is a piece for each kind.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "check/damage/damage_build.h"
#include "format/dir.h"
#include "format/inode.h"

/* Indexes of pieces. */
struct piece_list {
	size_t *items;
	size_t count, room;
};

/* Owners that hold the place where the sweep is. */
struct sweep {
	struct damage_build *build;
	struct error *err;
	struct owner *active; /* cut to begin at the place */
	size_t count, room;
	size_t next; /* in build->found */
	uint64_t at;
	struct piece_list open;	   /* end at the place: one for each kind that claimed what lies before it */
	struct piece_list growing; /* reach to where the sweep goes next */
};

/* One piece in the making. */
struct cut {
	uint64_t start, end;
	const struct owner *owners; /* of one kind */
	size_t count;
};

static bool is_data(const struct owner *owner)
{
	return owner->kind == OWNER_FILE && owner->fork == FORK_DATA && !owner->bmbt;
}

static const struct damage_file *file_of(const struct sweep *sweep, const struct owner *owner)
{
	return &sweep->build->report->files[damage_file_of(sweep->build->report, owner->ino)];
}

static uint32_t type_of(const struct damage_file *file)
{
	/* Of an inode that cannot be read the most likely is said. */
	return file->known ? file->info.mode & INODE_MODE_TYPE : INODE_MODE_FILE;
}

/* Whether end of file counts for this owner, and where it is, in whole blocks and in bytes. */
static bool ends_somewhere(const struct sweep *sweep, const struct owner *owner, uint64_t *eof_bytes)
{
	const struct damage_file *file = file_of(sweep, owner);

	if (!is_data(owner) || !file->known || file->internal || type_of(file) != INODE_MODE_FILE)
		return false;
	*eof_bytes = file->info.size_bytes;
	return true;
}

static uint64_t past_eof(const struct sweep *sweep, const struct owner *owner, uint64_t len)
{
	uint64_t eof;

	if (!ends_somewhere(sweep, owner, &eof) || owner->offset_bytes + len <= eof)
		return 0;
	return owner->offset_bytes >= eof ? len : owner->offset_bytes + len - eof;
}

/* ------------------------------------------------------------------ what a piece is */

static enum damage_code code_of_header(const struct geometry *geo, uint64_t start, uint32_t agno)
{
	uint64_t group = geometry_sector_offset(geo, agno, 0);

	switch ((start - group) >> geo->sector_log) {
	case 0:
		return agno == 0 ? DAMAGE_SUPERBLOCK : DAMAGE_SUPERBLOCK_COPY;
	case AGF_SECTOR:
		return DAMAGE_AGF;
	case AGI_SECTOR:
		return DAMAGE_AGI;
	case AGFL_SECTOR:
		return DAMAGE_AGFL;
	default:
		return DAMAGE_AG_PADDING;
	}
}

/* The view could have told, had it been able to read all that points at blocks. */
static int note_structure(const struct sweep *sweep, const struct cut *cut, uint32_t agno)
{
	struct damage_note note = {
		.doubt = DOUBT_OWNERS, .has_range = true, .start_bytes = cut->start, .end_bytes = cut->end};

	(void)error_set_at(&note.why, ERR_NOT_FOUND, cut->start,
			   "a tree of group %u cannot be read, so which tree the block belongs to is not known", agno);
	return damage_note_add(sweep->build->report, &note);
}

static int code_of_tree(const struct sweep *sweep, const struct cut *cut, enum damage_code *code)
{
	const struct view *view = sweep->build->view;
	enum tree_structure structure = STRUCTURE_UNKNOWN;
	struct agaddr at;
	int rc = 0;

	if (view->ops->structure && geometry_block_of_offset(&view->geo, cut->start, &at)) {
		rc = view->ops->structure(view->self, at, &structure, sweep->err);
		if (rc == 0 && structure == STRUCTURE_UNKNOWN)
			rc = note_structure(sweep, cut, at.agno);
	}
	switch (structure) {
	case STRUCTURE_BNOBT:
		*code = DAMAGE_BNOBT;
		break;
	case STRUCTURE_CNTBT:
		*code = DAMAGE_CNTBT;
		break;
	case STRUCTURE_RMAPBT:
		*code = DAMAGE_RMAPBT;
		break;
	case STRUCTURE_FREE_LIST:
		*code = DAMAGE_FREE_LIST;
		break;
	case STRUCTURE_INOBT:
		*code = DAMAGE_INOBT;
		break;
	case STRUCTURE_FINOBT:
		*code = DAMAGE_FINOBT;
		break;
	case STRUCTURE_UNKNOWN:
		*code = cut->owners->kind == OWNER_SPACE ? DAMAGE_SPACE_METADATA : DAMAGE_INODE_METADATA;
		break;
	}
	return rc;
}

static enum damage_code code_of_regular(const struct sweep *sweep, const struct cut *cut)
{
	uint64_t len = cut->end - cut->start;
	bool unwritten = true, harmless = true;

	for (size_t i = 0; i < cut->count; i++) {
		unwritten &= cut->owners[i].unwritten;
		harmless &= cut->owners[i].unwritten || past_eof(sweep, &cut->owners[i], len) == len;
	}
	if (unwritten)
		return DAMAGE_UNWRITTEN;
	if (harmless)
		return DAMAGE_PAST_EOF;
	return cut->count > 1 ? DAMAGE_SHARED_DATA : DAMAGE_DATA;
}

static enum damage_code code_of_file(const struct sweep *sweep, const struct cut *cut)
{
	const struct owner *owner = cut->owners;
	const struct damage_file *file = file_of(sweep, owner);

	if (owner->bmbt)
		return DAMAGE_FORK_BTREE;
	if (owner->fork == FORK_ATTR)
		return DAMAGE_ATTRIBUTES;
	if (file->internal)
		return file->internal[0] == 'r' ? DAMAGE_INTERNAL_FILE : DAMAGE_QUOTA;
	switch (type_of(file)) {
	case INODE_MODE_DIR:
		return owner->offset_bytes < DIR_LEAF_OFFSET ? DAMAGE_DIRECTORY : DAMAGE_DIRECTORY_INDEX;
	case INODE_MODE_LINK:
		return DAMAGE_SYMLINK;
	default:
		return code_of_regular(sweep, cut);
	}
}

static int code_of(const struct sweep *sweep, const struct cut *cut, uint32_t agno, enum damage_code *code)
{
	const struct geometry *geo = &sweep->build->view->geo;

	if (cut->count == 0) {
		*code = cut->start >= geo->blocks << geo->block_log ? DAMAGE_OUTSIDE : DAMAGE_UNKNOWN;
		return 0;
	}
	switch (cut->owners->kind) {
	case OWNER_FREE:
		*code = DAMAGE_FREE;
		break;
	case OWNER_FILE:
		*code = code_of_file(sweep, cut);
		break;
	case OWNER_AG_HEADER:
		*code = code_of_header(geo, cut->start, agno);
		break;
	case OWNER_LOG:
		*code = DAMAGE_JOURNAL;
		break;
	case OWNER_SPACE:
	case OWNER_INOBT:
		return code_of_tree(sweep, cut, code);
	case OWNER_INODES:
		*code = DAMAGE_INODES;
		break;
	case OWNER_REFCOUNTBT:
		*code = DAMAGE_REFCOUNTBT;
		break;
	case OWNER_COW:
		*code = DAMAGE_COW_STAGING;
		break;
	case OWNER_UNKNOWN:
		*code = DAMAGE_UNKNOWN;
		break;
	}
	return 0;
}

/* ------------------------------------------------------------------ adding pieces */

/* Whether @owner goes on where @before ends, after @len bytes. */
static bool continues(const struct sweep *sweep, const struct damage_owner *before, const struct owner *owner,
		      uint64_t len)
{
	const struct damage_report *report = sweep->build->report;

	if (report->files[before->file].info.ino != owner->ino || before->fork != owner->fork ||
	    before->bmbt != owner->bmbt || before->unwritten != owner->unwritten)
		return false;
	return owner->bmbt || before->offset_bytes + len == owner->offset_bytes;
}

/* Whether the cut only goes on where @piece ends. */
static bool goes_on(const struct sweep *sweep, const struct damage_piece *piece, const struct cut *cut,
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
static bool join(struct sweep *sweep, const struct cut *cut, enum damage_code code, uint32_t agno, size_t *index)
{
	struct damage_report *report = sweep->build->report;

	for (size_t k = 0; k < sweep->open.count; k++) {
		struct damage_piece *piece = &report->pieces[sweep->open.items[k]];

		if (!goes_on(sweep, piece, cut, code, agno))
			continue;
		for (size_t i = 0; i < piece->owner_count; i++)
			report->owners[piece->owner + i].past_eof_bytes +=
				past_eof(sweep, &cut->owners[i], cut->end - cut->start);
		piece->end_bytes = cut->end;
		*index = sweep->open.items[k];
		return true;
	}
	return false;
}

static int add_owners(struct sweep *sweep, const struct cut *cut, struct damage_piece *piece)
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
					      .past_eof_bytes = past_eof(sweep, owner, cut->end - cut->start)};
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
static int charge_file(const struct sweep *sweep, const struct owner *owner, uint64_t len)
{
	struct damage_report *report = sweep->build->report;
	struct damage_file *file = &report->files[damage_file_of(report, owner->ino)];
	uint64_t end = owner->offset_bytes + len - past_eof(sweep, owner, len);

	if (owner->bmbt) {
		file->what |= DAMAGED_FORK_BTREE;
	} else if (owner->fork == FORK_ATTR) {
		file->what |= DAMAGED_ATTRIBUTES;
		file->attribute_bytes += len;
	} else if (file->internal) {
		return 0; /* no user's file */
	} else if (type_of(file) == INODE_MODE_DIR) {
		file->what |= DAMAGED_DIRECTORY;
	} else if (type_of(file) == INODE_MODE_LINK) {
		file->what |= DAMAGED_SYMLINK;
	} else if (!owner->unwritten) {
		return interval_add(&file->data, owner->offset_bytes, end);
	}
	return 0;
}

static int charge_files(const struct sweep *sweep, const struct cut *cut)
{
	int rc = 0;

	for (size_t i = 0; i < cut->count && rc == 0; i++)
		rc = charge_file(sweep, &cut->owners[i], cut->end - cut->start);
	return rc;
}

/* Says it once of bytes that follow each other, however they are cut. */
static int note_nobody(struct sweep *sweep, const struct cut *cut)
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
static int new_piece(struct sweep *sweep, struct damage_range *range, const struct cut *cut, enum damage_code code,
		     const struct agaddr *group)
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
static int add_inodes(struct sweep *sweep, size_t index, const struct cut *cut, bool joined)
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

static int add_piece(struct sweep *sweep, struct damage_range *range, const struct cut *cut)
{
	enum damage_code code = DAMAGE_UNKNOWN;
	struct agaddr at = {0};
	bool in_group = geometry_block_of_offset(&sweep->build->view->geo, cut->start, &at), joined = false;
	size_t index = sweep->build->report->piece_count;
	int rc = code_of(sweep, cut, at.agno, &code);

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

/* ------------------------------------------------------------------ the sweep */

/* Data of files together, so that who shares it stands side by side. */
static int compare_owners(const struct owner *a, const struct owner *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (is_data(a) != is_data(b))
		return is_data(a) ? -1 : 1;
	if (a->ino != b->ino)
		return a->ino < b->ino ? -1 : 1;
	if (a->fork != b->fork)
		return a->fork < b->fork ? -1 : 1;
	if (a->bmbt != b->bmbt)
		return a->bmbt < b->bmbt ? -1 : 1;
	return (a->offset_bytes > b->offset_bytes) - (a->offset_bytes < b->offset_bytes);
}

/* Of the same owner the longer one first. */
static int by_owner(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	int order = compare_owners(a, b);

	if (order != 0)
		return order;
	return (a->end_bytes < b->end_bytes) - (a->end_bytes > b->end_bytes);
}

/* Two ways of knowing may both have named an owner: the longer one stays, written if one of them says so. */
static void drop_twice_named(struct sweep *sweep)
{
	size_t kept = sweep->count > 0;

	for (size_t i = 1; i < sweep->count; i++) {
		if (compare_owners(&sweep->active[i], &sweep->active[kept - 1]) != 0)
			sweep->active[kept++] = sweep->active[i];
		else
			sweep->active[kept - 1].unwritten &= sweep->active[i].unwritten;
	}
	sweep->count = kept;
}

/* Moves to @at: owners that have ended leave, others are cut, those that begin join. */
static int move_to(struct sweep *sweep, uint64_t at)
{
	const struct damage_build *build = sweep->build;
	size_t kept = 0;

	for (size_t i = 0; i < sweep->count; i++)
		if (owner_cut(&sweep->active[i], at, UINT64_MAX))
			sweep->active[kept++] = sweep->active[i];
	sweep->count = kept;
	while (sweep->next < build->found_count && build->found[sweep->next].start_bytes <= at) {
		struct owner owner = build->found[sweep->next++];

		if (!owner_cut(&owner, at, UINT64_MAX))
			continue;
		if (array_reserve(&sweep->active, sweep->count, 1, &sweep->room, sizeof(*sweep->active)) != 0)
			return error_set(sweep->err, ERR_NOMEM, "no memory for %zu owners", sweep->count);
		sweep->active[sweep->count++] = owner;
	}
	if (sweep->count > 1)
		qsort(sweep->active, sweep->count, sizeof(*sweep->active), by_owner);
	drop_twice_named(sweep);
	sweep->at = at;
	return 0;
}

static void lower(uint64_t *end, uint64_t to, uint64_t at)
{
	if (to > at && to < *end)
		*end = to;
}

/* How far from the place the owners, and what they mean, stay the same. */
static uint64_t stays_until(const struct sweep *sweep, uint64_t range_end)
{
	const struct damage_build *build = sweep->build;
	const struct geometry *geo = &build->view->geo;
	uint64_t end = range_end, at = sweep->at, eof;
	struct agaddr block;

	if (sweep->next < build->found_count)
		lower(&end, build->found[sweep->next].start_bytes, at);
	lower(&end, geo->blocks << geo->block_log, at);
	if (geometry_block_of_offset(geo, at, &block))
		lower(&end,
		      geometry_block_offset(geo, (struct agaddr){block.agno, 0}) +
			      ((uint64_t)geo->ag_blocks << geo->block_log),
		      at);
	for (size_t i = 0; i < sweep->count; i++) {
		const struct owner *owner = &sweep->active[i];

		lower(&end, owner->end_bytes, at);
		if (owner->kind == OWNER_AG_HEADER) /* sector by sector */
			lower(&end, ((at >> geo->sector_log) + 1) << geo->sector_log, at);
		if (owner->kind == OWNER_SPACE || owner->kind == OWNER_INOBT) /* block by block */
			lower(&end, ((at >> geo->block_log) + 1) << geo->block_log, at);
		if (ends_somewhere(sweep, owner, &eof)) {
			eof = (eof + geo->block_bytes - 1) >> geo->block_log << geo->block_log;
			if (eof > owner->offset_bytes)
				lower(&end, at + (eof - owner->offset_bytes), at);
		}
	}
	return end;
}

/* A kind that says nothing beside another one: what is both free and used is used. */
static bool is_weak(enum owner_kind kind)
{
	return kind == OWNER_FREE || kind == OWNER_UNKNOWN;
}

/* A piece for each kind of owner; forks' B+tree blocks and attribute forks count as kinds of their own. */
static int add_pieces(struct sweep *sweep, struct damage_range *range, uint64_t end)
{
	struct cut cut = {.start = sweep->at, .end = end};
	bool any_strong = false;
	int rc = 0;

	if (sweep->count == 0)
		return add_piece(sweep, range, &cut);
	for (size_t i = 0; i < sweep->count; i++)
		any_strong |= !is_weak(sweep->active[i].kind);
	for (size_t i = 0; i < sweep->count && rc == 0; i += cut.count) {
		const struct owner *first = &sweep->active[i];

		cut.owners = first;
		cut.count = 1;
		while (i + cut.count < sweep->count && first[cut.count].kind == first->kind &&
		       is_data(&first[cut.count]) == is_data(first) && (is_data(first) || first->kind != OWNER_FILE))
			cut.count++;
		if (!is_weak(first->kind) || !any_strong)
			rc = add_piece(sweep, range, &cut);
	}
	return rc;
}

static int sweep_range(struct sweep *sweep, struct damage_range *range)
{
	int rc = 0;

	range->piece = sweep->build->report->piece_count;
	sweep->open.count = 0;
	for (uint64_t at = range->start_bytes; at < range->end_bytes && rc == 0;) {
		struct piece_list ended = sweep->open;
		uint64_t end;

		rc = move_to(sweep, at);
		if (rc != 0)
			break;
		end = stays_until(sweep, range->end_bytes);
		assert(end > at);
		rc = add_pieces(sweep, range, end);
		sweep->open = sweep->growing;
		sweep->growing = ended;
		sweep->growing.count = 0;
		at = end;
	}
	return rc;
}

int damage_cut_pieces(struct damage_build *build, struct error *err)
{
	struct sweep sweep = {.build = build, .err = err};
	int rc = 0;

	for (size_t i = 0; i < build->report->range_count && rc == 0; i++)
		rc = sweep_range(&sweep, &build->report->ranges[i]);
	free(sweep.active);
	free(sweep.open.items);
	free(sweep.growing.items);
	if (rc == ERR_NOMEM)
		return error_set(err, rc, "no memory for the list of damage");
	return rc;
}
