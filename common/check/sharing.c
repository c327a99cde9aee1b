/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts of owners that are not what the refcountbt says, and the inodes that share. */
#include "check/sharing.h"

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

/* Where the inode's bit is; NULL: there is none. */
static _Atomic(uint64_t) *sharing_bit(struct checker *checker, uint64_t ino, uint64_t *bit)
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
	*bit = 1ull << (agino - chunk->first_agino);
	return &group->sharing[chunk - group->chunks];
}

void sharing_note(struct checker *checker, uint64_t ino)
{
	uint64_t bit;
	_Atomic(uint64_t) *word = sharing_bit(checker, ino, &bit);

	if (word)
		atomic_fetch_or(word, bit);
}

bool sharing_noted(struct checker *checker, uint64_t ino)
{
	uint64_t bit;
	_Atomic(uint64_t) *word = sharing_bit(checker, ino, &bit);

	return word && (atomic_load(word) & bit);
}
