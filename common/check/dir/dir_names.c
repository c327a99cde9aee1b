/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks of names, each once and in the order of the file: entries and unused space fill a block exactly; "." and
 * ".." stand first; the header tells the three longest free regions.
 *
 * Data blocks that became empty are taken out in the middle as well, so holes are legal. The kernel joins unused spaces
 * that touch each other. Of regions of equal length, any may stand in the header.
 */
#include <string.h>

#include "check/dir/dir_parts.h"

/* The block at hand. */
struct names_block {
	struct dir_job *job;
	uint64_t index;
	struct dir_names names;
	bool after_unused;
	bool regions_known;		    /* nothing in the block was lost */
	uint32_t longest[DIR_FREE_REGIONS]; /* descending */
	bool told[DIR_FREE_REGIONS];	    /* the header has it right where the region of its offset begins */
};

static struct place place_of(const struct names_block *block)
{
	return at_dir_block(block->job, block->index);
}

static const struct disk_dir_data *header_of(const struct names_block *block)
{
	return (const struct disk_dir_data *)block->names.block.bytes;
}

static int lose_block(struct names_block *block, const struct error *why)
{
	block->job->names_whole = false;
	links_names_lost(block->job->work);
	return check_trouble(block->job->work, FINDING_DIR_BLOCK, place_of(block), why);
}

static void lose_rest(struct names_block *block, const struct dir_piece *piece)
{
	block->job->names_whole = false;
	block->regions_known = false;
	links_names_lost(block->job->work);
	finding_raise(&block->job->work->findings, &(struct finding){.code = FINDING_DIR_ENTRIES_LOST,
								     .at = place_of(block),
								     .field = "offset",
								     .has_found = true,
								     .found = piece->at});
}

/* ------------------------------------------------------------------ unused space */

static void not_joined(const struct names_block *block, uint32_t at)
{
	finding_raise(&block->job->work->findings, &(struct finding){.code = FINDING_DIR_FREE_NOT_JOINED,
								     .at = place_of(block),
								     .field = "offset",
								     .has_found = true,
								     .found = at});
}

static void take_unused(struct names_block *block, const struct dir_piece *piece)
{
	const struct disk_dir_free_region *best = header_of(block)->bestfree;
	uint32_t bytes = piece->bytes;

	if (block->after_unused)
		not_joined(block, piece->at);
	for (unsigned i = 0; i < DIR_FREE_REGIONS; i++) {
		if (be16_get(best[i].offset) == piece->at)
			block->told[i] = be16_get(best[i].length) == piece->bytes;
		if (bytes > block->longest[i]) {
			uint32_t shorter = block->longest[i];

			block->longest[i] = bytes;
			bytes = shorter;
		}
	}
}

static void check_bestfree(const struct names_block *block)
{
	static const char *const lengths[] = {"bestfree[0].length", "bestfree[1].length", "bestfree[2].length"};
	static const char *const offsets[] = {"bestfree[0].offset", "bestfree[1].offset", "bestfree[2].offset"};
	const struct disk_dir_free_region *best = header_of(block)->bestfree;
	struct finding finding = {.code = FINDING_DIR_BESTFREE, .at = place_of(block), .has_found = true};

	for (unsigned i = 0; i < DIR_FREE_REGIONS; i++) {
		uint32_t length = be16_get(best[i].length), offset = be16_get(best[i].offset);
		bool again = false;

		for (unsigned j = 0; j < i; j++)
			again |= offset != 0 && offset == be16_get(best[j].offset);
		finding.field = NULL;
		if (length != block->longest[i]) {
			finding.field = lengths[i];
			finding.has_expected = true;
			finding.expected = block->longest[i];
			finding.found = length;
		} else if (again || (length == 0 ? offset != 0 : !block->told[i])) {
			finding.field = offsets[i];
			finding.has_expected = length == 0;
			finding.expected = 0;
			finding.found = offset;
		}
		if (finding.field)
			finding_raise(&block->job->work->findings, &finding);
	}
}

/* ------------------------------------------------------------------ entries */

/* "." and "..": where they stand, their type, and of "." its number. */
static void take_dots(struct names_block *block, const struct dir_piece *piece)
{
	struct dir_job *job = block->job;
	bool has_ftype = job->fs->geo.has_ftype;
	uint32_t first = (uint32_t)sizeof(struct disk_dir_data), at = block->index == 0 ? piece->at : 0;
	unsigned ftype = has_ftype ? DIR_FTYPE_DIR : DIR_FTYPE_UNKNOWN;

	if (dir_is_dot(piece->entry.name)) {
		dir_raise_dot(job->work, place_of(block), "offset", first, at);
		dir_raise_dot(job->work, place_of(block), "inumber", job->inode->ino, piece->entry.ino);
		dir_raise_dot(job->work, place_of(block), "ftype", ftype, piece->ftype);
		job->dot_seen = true;
		return;
	}
	first += dir_entry_bytes(1, has_ftype);
	dir_raise_dotdot(job->work, place_of(block), "offset", first, at);
	dir_raise_dotdot(job->work, place_of(block), "ftype", ftype, piece->ftype);
	if (!job->dotdot_seen)
		links_dotdot(job->work, job->inode, piece->entry.ino);
	job->dotdot_seen = true;
}

/* Both sums of the directory are of all that its index should have. */
static int take_name(struct dir_job *job, const struct dir_entry *entry)
{
	uint32_t hash = da_hash(entry->name.bytes, entry->name.len);

	hash_sum_add(&job->in_names, hash_words(work_secret(job->work), hash, entry->cookie, 0, 0));
	return dir_twice_take(job, hash, entry);
}

static int take_piece(struct names_block *block, const struct dir_piece *piece)
{
	struct dir_job *job = block->job;
	const struct dir_entry *entry = &piece->entry;
	int rc = 0;

	switch (piece->kind) {
	case DIR_PIECE_END:
		break;
	case DIR_PIECE_ENTRY:
		rc = take_name(job, entry);
		if (dir_is_dot(entry->name) || dir_is_dotdot(entry->name))
			take_dots(block, piece);
		else
			dir_good_entry(job->work, job->inode, place_of(block), entry);
		break;
	case DIR_PIECE_BAD_ENTRY:
		rc = take_name(job, entry);
		dir_bad_entry(job->work, place_of(block), piece);
		/* Said already. */
		job->dot_seen |= dir_is_dot(entry->name);
		job->dotdot_seen |= dir_is_dotdot(entry->name);
		break;
	case DIR_PIECE_UNUSED:
		take_unused(block, piece);
		break;
	case DIR_PIECE_LOST:
		lose_rest(block, piece);
		break;
	}
	block->after_unused = piece->kind == DIR_PIECE_UNUSED;
	return rc;
}

/* ------------------------------------------------------------------ blocks */

/* The index of the block form, before the names as always. */
static int take_own_index(struct names_block *block)
{
	struct dir_job *job = block->job;
	struct error why;

	if (dir_names_verify_leaf(job->inode->ino, &block->names, &why) == 0)
		return dir_take_leaf(job, block->names.leaf, block->names.leaf_count);
	return dir_bad_index(job, block->index, &why);
}

/* By what is mapped. */
static bool is_whole_directory(const struct dir_job *job, uint64_t index)
{
	return job->form == DIR_FORM_BLOCK && index == 0;
}

int dir_read_names(const struct dir_job *job, uint64_t index, struct dir_names *out, struct error *why)
{
	struct span bytes = {job->work->dirblock, job->fs->geo.dirblock_bytes};
	bool whole = is_whole_directory(job, index);
	struct dir_names as;
	struct error none;
	uint64_t offset;
	int rc = dir_map_read(job, index, job->work->dirblock, &offset, why);

	if (rc == 0)
		rc = dir_names_open(job->fs, job->inode->ino, index, bytes, offset, out, why);
	if (rc != 0 || !job->memory->map.whole || whole == (out->leaf != NULL))
		return rc;
	if (!whole) {
		out->leaf = NULL;
		out->end = (uint32_t)bytes.len;
		return 0;
	}
	as = *out;
	if (dir_names_find_leaf(job->inode->ino, &as, &none) == 0 &&
	    dir_names_verify_leaf(job->inode->ino, &as, &none) == 0)
		*out = as;
	return 0;
}

static int open_block(struct names_block *block)
{
	struct dir_job *job = block->job;
	uint32_t magic = be32_get(header_of(block)->header.magic);
	bool whole = is_whole_directory(job, block->index);

	check_lsn(job->work, place_of(block), be64_get(header_of(block)->header.lsn));
	if (whole != (magic == DIR_BLOCK_MAGIC))
		dir_wrong_form(job, block->index, magic);
	if (whole != (block->names.leaf != NULL))
		job->index_whole = false;
	return block->names.leaf ? take_own_index(block) : 0;
}

static int take_pieces(struct names_block *block)
{
	const struct geometry *geo = &block->job->fs->geo;
	struct dir_piece piece;
	int rc = open_block(block);

	while (rc == 0 && dir_names_next(geo, &block->names, &piece) != DIR_PIECE_END)
		rc = take_piece(block, &piece);
	if (rc != 0 || !block->regions_known)
		return rc;
	block->job->first_block_sound |= block->index == 0;
	check_bestfree(block);
	return 0;
}

static int check_block(struct dir_job *job, uint64_t index)
{
	struct names_block block = {.job = job, .index = index, .regions_known = true};
	struct error why;
	int rc = dir_read_names(job, index, &block.names, &why);

	if (rc == 0) {
		rc = take_pieces(&block);
	} else {
		block.regions_known = false;
		rc = lose_block(&block, &why);
	}
	return rc == 0 ? dir_bests_take(job, index, block.regions_known ? block.longest[0] : DIR_BEST_NULL) : rc;
}

/* In a first block that could be read, both must have come by. */
static void check_dots(struct dir_job *job)
{
	if (!job->first_block_sound)
		return;
	dir_raise_dot(job->work, at_dir_block(job, 0), "count", 1, job->dot_seen);
	dir_raise_dotdot(job->work, at_dir_block(job, 0), "count", 1, job->dotdot_seen);
}

int dir_check_names(struct dir_job *job)
{
	uint64_t index = 0;
	int rc = 0;

	for (; rc == 0 && dir_map_next(job, &index, dir_leaf_first(job)); index++)
		rc = check_block(job, index);
	check_dots(job);
	return rc == 0 ? dir_bests_end(job) : rc;
}

/* ------------------------------------------------------------------ once more */

static int each_piece_of(struct dir_job *job, uint64_t index, dir_piece_fn *fn, void *arg)
{
	const struct geometry *geo = &job->fs->geo;
	uint32_t first_cookie = (uint32_t)(index * (geo->dirblock_bytes / DIR_ENTRY_ALIGN));
	struct dir_piece piece = {.kind = DIR_PIECE_LOST, .bytes = geo->dirblock_bytes};
	struct dir_names names;
	struct error why;
	int rc = dir_read_names(job, index, &names, &why);

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		rc = dir_worse(job, &job->names_whole, index, &why);
		return rc == 0 ? fn(arg, first_cookie, &piece) : rc;
	}
	while (rc == 0 && dir_names_next(geo, &names, &piece) != DIR_PIECE_END)
		rc = fn(arg, first_cookie, &piece);
	return rc;
}

int dir_each_piece(struct dir_job *job, uint32_t low, uint32_t high, dir_piece_fn *fn, void *arg)
{
	uint32_t in_block = job->fs->geo.dirblock_bytes / DIR_ENTRY_ALIGN;
	uint64_t index = low / in_block, end = high / in_block + 1ull;
	int rc = 0;

	if (end > dir_leaf_first(job))
		end = dir_leaf_first(job);
	for (; rc == 0 && dir_map_next(job, &index, end); index++)
		rc = each_piece_of(job, index, fn, arg);
	return rc;
}
