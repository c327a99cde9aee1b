/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a piece hits, by its owners: the place in the group, the tree, the fork, the end of the file. */
#include "check/damage/damage_sweep.h"
#include "format/dir.h"
#include "format/inode.h"

bool damage_is_data(const struct owner *owner)
{
	return owner->kind == OWNER_FILE && owner->fork == FORK_DATA && !owner->bmbt;
}

static const struct damage_file *file_of(const struct damage_sweep *sweep, const struct owner *owner)
{
	return &sweep->build->report->files[damage_file_of(sweep->build->report, owner->ino)];
}

uint32_t damage_type_of(const struct damage_file *file)
{
	/* Of an inode that cannot be read the most likely is said. */
	return file->known ? file->info.mode & INODE_MODE_TYPE : INODE_MODE_FILE;
}

bool damage_ends_at_eof(const struct damage_sweep *sweep, const struct owner *owner, uint64_t *eof_bytes)
{
	const struct damage_file *file = file_of(sweep, owner);

	if (!damage_is_data(owner) || !file->known || file->internal || damage_type_of(file) != INODE_MODE_FILE)
		return false;
	*eof_bytes = file->info.size_bytes;
	return true;
}

uint64_t damage_past_eof(const struct damage_sweep *sweep, const struct owner *owner, uint64_t len)
{
	uint64_t eof;

	if (!damage_ends_at_eof(sweep, owner, &eof) || owner->offset_bytes + len <= eof)
		return 0;
	return owner->offset_bytes >= eof ? len : owner->offset_bytes + len - eof;
}

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
static int note_structure(const struct damage_sweep *sweep, const struct damage_cut *cut, uint32_t agno)
{
	struct damage_note note = {
		.doubt = DOUBT_OWNERS, .has_range = true, .start_bytes = cut->start, .end_bytes = cut->end};

	(void)error_set_at(&note.why, ERR_NOT_FOUND, cut->start,
			   "a tree of group %u cannot be read, so which tree the block belongs to is not known", agno);
	return damage_note_add(sweep->build->report, &note);
}

static int code_of_tree(const struct damage_sweep *sweep, const struct damage_cut *cut, enum damage_code *code)
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

static enum damage_code code_of_regular(const struct damage_sweep *sweep, const struct damage_cut *cut)
{
	uint64_t len = cut->end - cut->start;
	bool unwritten = true, harmless = true;

	for (size_t i = 0; i < cut->count; i++) {
		unwritten &= cut->owners[i].unwritten;
		harmless &= cut->owners[i].unwritten || damage_past_eof(sweep, &cut->owners[i], len) == len;
	}
	if (unwritten)
		return DAMAGE_UNWRITTEN;
	if (harmless)
		return DAMAGE_PAST_EOF;
	return cut->count > 1 ? DAMAGE_SHARED_DATA : DAMAGE_DATA;
}

static enum damage_code code_of_file(const struct damage_sweep *sweep, const struct damage_cut *cut)
{
	const struct owner *owner = cut->owners;
	const struct damage_file *file = file_of(sweep, owner);

	if (owner->bmbt)
		return DAMAGE_FORK_BTREE;
	if (owner->fork == FORK_ATTR)
		return DAMAGE_ATTRIBUTES;
	if (file->internal)
		return file->internal[0] == 'r' ? DAMAGE_INTERNAL_FILE : DAMAGE_QUOTA;
	switch (damage_type_of(file)) {
	case INODE_MODE_DIR:
		return owner->offset_bytes < DIR_LEAF_OFFSET ? DAMAGE_DIRECTORY : DAMAGE_DIRECTORY_INDEX;
	case INODE_MODE_LINK:
		return DAMAGE_SYMLINK;
	default:
		return code_of_regular(sweep, cut);
	}
}

int damage_code_of(const struct damage_sweep *sweep, const struct damage_cut *cut, uint32_t agno,
		   enum damage_code *code)
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
