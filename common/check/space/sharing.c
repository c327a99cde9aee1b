/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts of owners that are not what the refcountbt says, and the inodes that share. */
#include "check/space/sharing.h"

void sharing_miscount(struct range_findings *ranges, uint32_t agno, struct run run, uint64_t held, uint32_t counted,
		      const struct holder *one)
{
	struct finding finding = {
		.code = counted < 2 ? FINDING_REFCOUNT_MISSING
			: held < 2  ? FINDING_REFCOUNT_EXTRA
				    : FINDING_REFCOUNT_WRONG,
		.at = one && held < 2 ? holder_place(agno, run, one)
				      : at_blocks((struct agaddr){agno, run.start}, run.end - run.start),
		.field = "refcount",
		.has_expected = true,
		.has_found = true,
		.expected = held,
		.found = counted,
	};

	range_finding(ranges, &finding);
}

/* The word with the inode's bit, and the first inode of it; NULL: there is none. */
static _Atomic(uint64_t) *find_word(struct checker *checker, uint64_t ino, uint64_t *first_ino)
{
	const struct chunk *chunk;
	const struct group *group;
	uint32_t agno, agino;

	if (!geometry_ino_split(&checker->fs->geo, ino, &agno, &agino))
		return NULL;
	group = &checker->groups[agno];
	chunk = group_chunk(group, agino);
	if (!chunk || !group->sharing)
		return NULL;
	*first_ino = ino - (agino - chunk->first_agino);
	return &group->sharing[chunk - group->chunks];
}

void sharing_note(struct sharing_marks *marks, uint64_t ino)
{
	/* Neighbours share what neighbours have. */
	unsigned slot = ino / INODES_PER_CHUNK % (sizeof(marks->recent) / sizeof(marks->recent[0]));
	uint64_t first = marks->recent[slot].first_ino, bit;

	if (!marks->recent[slot].word || ino < first || ino - first >= INODES_PER_CHUNK) {
		marks->recent[slot].word = find_word(marks->checker, ino, &first);
		marks->recent[slot].first_ino = first;
	}
	if (!marks->recent[slot].word)
		return;
	bit = 1ull << (ino - first);
	if (!(atomic_load_explicit(marks->recent[slot].word, memory_order_relaxed) & bit))
		atomic_fetch_or(marks->recent[slot].word, bit);
}

static void raise_unmarked(struct check_work *work, uint64_t ino)
{
	finding_raise(&work->findings,
		      &(struct finding){.code = FINDING_FORK_SHARES_UNMARKED, .at = at_inode(ino), .field = "flags2"});
}

/* Each once: what was told of is no longer looked at. */
static void compare_chunk(struct check_work *work, struct group *group, size_t index)
{
	const struct chunk *chunk = &group->chunks[index];
	uint64_t wrong = atomic_load(&group->sharing[index]) & group->unmarked[index];

	group->unmarked[index] &= ~wrong;
	for (unsigned bit = 0; bit < INODES_PER_CHUNK && wrong != 0; bit++)
		if (wrong >> bit & 1)
			raise_unmarked(work,
				       geometry_ino_join(&work_fs(work)->geo, chunk->agno, chunk->first_agino + bit));
}

void sharing_compare(struct check_work *work)
{
	struct checker *checker = work->checker;

	for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++)
		for (size_t i = 0; i < checker->groups[agno].chunk_count; i++)
			compare_chunk(work, &checker->groups[agno], i);
}
