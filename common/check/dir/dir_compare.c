/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What differs between the hash index and the names: looked for only where their sums differ or a part of them could
 * not be read. The leaf entries are sorted by what they point to, and the names walked beside them.
 *
 * Nothing is said about leaf entries that point to where names are lost, nor about missing ones if a part of the index
 * is lost.
 */
#include "check/dir/dir_parts.h"

struct comparison {
	struct dir_job *job;
	size_t next; /* in the window */
};

static struct window *window_of(const struct comparison *comparison)
{
	return &comparison->job->memory->window;
}

static uint32_t address_of(const struct window_item *item)
{
	return (uint32_t)(item->key >> 32);
}

/* Whether this one is still to be told by itself. */
static bool tells(struct comparison *comparison, enum dir_difference difference)
{
	return comparison->job->told[difference]++ < DIR_TOLD_MAX;
}

static struct place place_of(const struct dir_job *job, uint32_t address)
{
	return at_dir_block(job, address / (job->fs->geo.dirblock_bytes / DIR_ENTRY_ALIGN));
}

static void raise_missing(const struct dir_job *job, struct place at, const struct dir_entry *entry, uint64_t count)
{
	struct finding finding = dir_finding(FINDING_DIR_INDEX_MISSING, at, entry->name, entry->ino);

	finding.count = count;
	finding_raise(&job->work->findings, &finding);
}

static void raise_extra(const struct dir_job *job, struct place at, uint32_t address, uint64_t count)
{
	struct finding finding = {.code = FINDING_DIR_INDEX_EXTRA, .at = at, .count = count};

	if (count == 0) {
		finding.field = "address";
		finding.has_found = true;
		finding.found = address;
	}
	finding_raise(&job->work->findings, &finding);
}

static void raise_hash(const struct dir_job *job, struct place at, const struct dir_entry *entry, uint32_t found,
		       uint64_t count)
{
	struct finding finding = dir_finding(FINDING_DIR_INDEX_HASH, at, entry->name, entry->ino);

	finding.count = count;
	if (count == 0) {
		finding.field = "hashval";
		finding.has_expected = finding.has_found = true;
		finding.expected = da_hash(entry->name.bytes, entry->name.len);
		finding.found = found;
	}
	finding_raise(&job->work->findings, &finding);
}

/* Leaf entries below @address: nothing lies there. */
static void pass_extra(struct comparison *comparison, uint64_t address)
{
	const struct window *window = window_of(comparison);
	const struct dir_job *job = comparison->job;

	for (; comparison->next < window->count; comparison->next++) {
		uint32_t at = address_of(&window->items[comparison->next]);

		if (at >= address)
			return;
		/* If the fork cannot be read in whole, the block may be there after all. */
		if (!job->memory->map.whole && !dir_map_has(job, at / (job->fs->geo.dirblock_bytes / DIR_ENTRY_ALIGN)))
			continue;
		if (tells(comparison, DIR_DIFFERENCE_EXTRA))
			raise_extra(job, place_of(job, at), at, 0);
	}
}

/* Leaf entries below @address, about which nothing is said. */
static void pass_over(struct comparison *comparison, uint64_t address)
{
	const struct window *window = window_of(comparison);

	while (comparison->next < window->count && address_of(&window->items[comparison->next]) < address)
		comparison->next++;
}

/* The leaf entry of an entry: the first at its address. */
static void match(struct comparison *comparison, const struct dir_entry *entry)
{
	const struct window *window = window_of(comparison);
	struct dir_job *job = comparison->job;
	const struct window_item *item = comparison->next < window->count ? &window->items[comparison->next] : NULL;
	bool exists = item && address_of(item) == entry->cookie;

	if (!exists && job->index_whole && tells(comparison, DIR_DIFFERENCE_MISSING))
		raise_missing(job, place_of(job, entry->cookie), entry, 0);
	if (!exists)
		return;
	if ((uint32_t)item->key != da_hash(entry->name.bytes, entry->name.len) &&
	    tells(comparison, DIR_DIFFERENCE_HASH))
		raise_hash(job, place_of(job, entry->cookie), entry, (uint32_t)item->key, 0);
	comparison->next++;
}

static int take_piece(void *arg, uint32_t first_cookie, const struct dir_piece *piece)
{
	struct comparison *comparison = arg;
	uint64_t address = first_cookie + piece->at / DIR_ENTRY_ALIGN;
	const struct window *window = window_of(comparison);

	/* Blocks reach over the ends of the window. */
	if (address < window->low >> 32 || address > window->high >> 32)
		return 0;
	pass_extra(comparison, address);
	switch (piece->kind) {
	case DIR_PIECE_LOST:
		pass_over(comparison, address + piece->bytes / DIR_ENTRY_ALIGN);
		break;
	case DIR_PIECE_BAD_ENTRY:
		if (dir_name_possible(piece->entry.name))
			match(comparison, &piece->entry);
		else
			pass_over(comparison, address + 1);
		break;
	case DIR_PIECE_ENTRY:
		match(comparison, &piece->entry);
		break;
	case DIR_PIECE_UNUSED:
	case DIR_PIECE_END:
		break;
	}
	return 0;
}

/* ------------------------------------------------------------------ the leaf entries */

static int add_entries(struct dir_job *job, const struct disk_dir_leaf_entry *entries, uint32_t count)
{
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++)
		if (be32_get(entries[i].address) != DIR_ADDRESS_NULL)
			rc = window_add(&job->memory->window,
					(uint64_t)be32_get(entries[i].address) << 32 | be32_get(entries[i].hashval), 0);
	return rc;
}

static int add_leaf(struct dir_job *job, uint64_t index)
{
	struct span bytes = {job->work->dirblock, job->fs->geo.dirblock_bytes};
	const struct disk_dir_leaf *leaf = (const struct disk_dir_leaf *)bytes.bytes;
	struct error why;
	uint64_t offset;
	int rc = dir_map_read(job, index, job->work->dirblock, &offset, &why);

	if (rc == 0)
		rc = dir_index_verify(job->fs, job->inode->ino, UINT64_MAX, index, bytes, offset, &why);
	if (rc == 0 && be16_get(leaf->info.magic) != DA_NODE_MAGIC)
		return add_entries(job, (const struct disk_dir_leaf_entry *)(leaf + 1), be16_get(leaf->count));
	return rc == 0 ? 0 : dir_worse(job, &job->index_whole, index, &why);
}

/* The index of the block form. */
static int add_own_index(struct dir_job *job)
{
	struct dir_names names;
	struct error why;
	int rc = dir_read_names(job, 0, &names, &why);

	if (rc == 0 && names.leaf)
		return add_entries(job, names.leaf, names.leaf_count);
	return rc == 0 ? 0 : dir_worse(job, &job->index_whole, 0, &why);
}

static int add_index(struct dir_job *job)
{
	uint64_t index = dir_leaf_first(job);
	int rc = 0;

	if (job->form == DIR_FORM_BLOCK)
		return add_own_index(job);
	for (; rc == 0 && dir_map_next(job, &index, dir_free_first(job)); index++)
		if (dir_index_reached(job, index))
			rc = add_leaf(job, index);
	return rc;
}

/* ------------------------------------------------------------------ all of it */

/* How many there are of each kind beyond those told. */
static void tell_rest(const struct dir_job *job)
{
	struct place at = at_fork(job->inode->ino, FORK_DATA);

	if (job->told[DIR_DIFFERENCE_MISSING] > DIR_TOLD_MAX)
		raise_missing(job, at, &(struct dir_entry){0}, job->told[DIR_DIFFERENCE_MISSING] - DIR_TOLD_MAX);
	if (job->told[DIR_DIFFERENCE_EXTRA] > DIR_TOLD_MAX)
		raise_extra(job, at, 0, job->told[DIR_DIFFERENCE_EXTRA] - DIR_TOLD_MAX);
	if (job->told[DIR_DIFFERENCE_HASH] > DIR_TOLD_MAX)
		raise_hash(job, at, &(struct dir_entry){0}, 0, job->told[DIR_DIFFERENCE_HASH] - DIR_TOLD_MAX);
}

static int find_differences(struct dir_job *job)
{
	struct window *window = &job->memory->window;
	uint64_t low = 0;
	int rc;

	do {
		struct comparison comparison = {.job = job};

		window_begin(window, low, 32);
		rc = add_index(job);
		window_sort(window);
		if (rc == 0)
			rc = dir_each_piece(job, (uint32_t)(window->low >> 32), (uint32_t)(window->high >> 32),
					    take_piece, &comparison);
		pass_extra(&comparison, 1ull << 32);
		low = window->high + 1;
	} while (rc == 0 && low != 0);
	tell_rest(job);
	return rc;
}

int dir_compare(struct dir_job *job)
{
	bool same = job->index_whole && job->names_whole && hash_sum_equal(job->in_names, job->in_index);
	int rc = same ? 0 : find_differences(job);

	return rc == 0 ? dir_twice_end(job, !same) : rc;
}
