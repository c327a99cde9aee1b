/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unlinked lists: an inode without links is on the list of its group that its number says, and nobody else is.
 *
 * The pass over inodes has summed up those without links; here the lists are walked and summed up. Where the sums
 * differ, the inodes of the group are read again.
 */
#include "fs/unlinked.h"

#include "base/idmap.h"
#include "check/pass.h"

struct lists {
	struct check_work *work;
	uint32_t agno;
	bool broken; /* a list could not be followed to its end */
	bool worse;  /* an inode cannot be read any more */
	struct hash_sum sum;
	/* While differences are named. Key: an inode without links; value: whether it is on a list. */
	struct idmap unlinked;
};

/* @field: what says that it does not belong there. */
static void raise_not_removed(const struct lists *lists, uint64_t ino, const char *field)
{
	finding_raise(&lists->work->findings,
		      &(struct finding){.code = FINDING_UNLINKED_NOT_REMOVED, .at = at_inode(ino), .field = field});
}

/* @lost: only that many are on none because a list is broken. */
static void raise_not_listed(const struct lists *lists, struct place at, uint64_t lost)
{
	finding_raise(
		&lists->work->findings,
		&(struct finding){.code = FINDING_UNLINKED_NOT_LISTED, .at = at, .follows = lost > 0, .count = lost});
}

static int sum_up(void *arg, uint32_t bucket, const struct inode *inode)
{
	struct lists *lists = arg;

	(void)bucket;
	hash_sum_add(&lists->sum, hash_words(work_secret(lists->work), inode->ino, 0, 0, 0));
	return 0;
}

static int on_bad(void *arg, uint32_t bucket, uint32_t agino, const struct error *why)
{
	struct lists *lists = arg;
	uint64_t ino = geometry_ino_join(&work_fs(lists->work)->geo, lists->agno, agino);

	(void)bucket;
	if (why->code == ERR_CORRUPT && (why->flaw == FLAW_FORMAT || why->flaw == FLAW_COUNT)) {
		raise_not_removed(lists, ino, why->flaw == FLAW_FORMAT ? "mode" : "nlink");
		return 0;
	}
	lists->broken = true;
	return check_trouble(lists->work, FINDING_UNLINKED_LIST_BROKEN, at_inode(ino), why);
}

/* ------------------------------------------------------------------ naming */

/* The root and the internal files: that they have links is for others to check. */
static bool never_removed(const struct geometry *geo, uint64_t ino)
{
	return ino == geo->root_ino || geometry_is_internal(geo, ino);
}

/* Unless the pass over inodes has said so. */
static int lose(struct lists *lists, uint64_t ino, const struct error *why)
{
	if (check_inode_lost(lists->work->checker, ino))
		return 0;
	lists->worse = true;
	return check_worse(lists->work, at_inode(ino), why);
}

static int gather_chunk(struct lists *lists, const struct chunk *chunk)
{
	const struct fs *fs = work_fs(lists->work);
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc >= 0; i++) {
		uint64_t ino = geometry_ino_join(&fs->geo, chunk->agno, chunk->first_agino + i);
		struct inode inode;
		struct error why;

		if (!(chunk->allocated >> i & 1))
			continue;
		rc = inode_read(fs, ino, &inode, &why);
		if (rc == 0 && inode.mode != 0 && inode.nlink == 0 && !never_removed(&fs->geo, ino))
			rc = idmap_put(&lists->unlinked, ino, false);
		else if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
			rc = lose(lists, ino, &why);
	}
	return rc < 0 ? rc : 0;
}

static int mark_listed(void *arg, uint32_t bucket, const struct inode *inode)
{
	struct lists *lists = arg;
	uint64_t *listed = idmap_get(&lists->unlinked, inode->ino);

	(void)bucket;
	if (listed)
		*listed = true;
	else if (!lists->worse && !group_lacks_chunks(&lists->work->checker->groups[lists->agno]))
		raise_not_removed(lists, inode->ino, "chunk");
	return 0;
}

/* If nothing ended the first walk there, that is new. */
static int on_bad_again(void *arg, uint32_t bucket, uint32_t agino, const struct error *why)
{
	struct lists *lists = arg;

	(void)bucket;
	if (why->code != ERR_MEDIA || lists->broken)
		return 0;
	lists->broken = true;
	return check_worse(lists->work, at_inode(geometry_ino_join(&work_fs(lists->work)->geo, lists->agno, agino)),
			   why);
}

/* Those on no list, in ascending order. */
static void judge_chunk(const struct lists *lists, const struct chunk *chunk, uint64_t *lost)
{
	for (unsigned i = 0; i < INODES_PER_CHUNK; i++) {
		uint64_t ino = geometry_ino_join(&work_fs(lists->work)->geo, chunk->agno, chunk->first_agino + i);
		const uint64_t *listed = idmap_get(&lists->unlinked, ino);

		if (listed && !*listed && lists->broken)
			++*lost;
		else if (listed && !*listed)
			raise_not_listed(lists, at_inode(ino), 0);
	}
}

static int name_differences(struct lists *lists, const struct group *group)
{
	const struct unlinked_walker walker = {.inode = mark_listed, .bad = on_bad_again, .arg = lists};
	uint64_t lost = 0;
	int rc = 0;

	for (size_t i = 0; i < group->chunk_count && rc == 0; i++)
		rc = gather_chunk(lists, &group->chunks[i]);
	if (rc == 0)
		rc = unlinked_walk(work_fs(lists->work), lists->agno, &group->agi, &walker, NULL);
	for (size_t i = 0; i < group->chunk_count && rc == 0; i++)
		judge_chunk(lists, &group->chunks[i], &lost);
	if (lost > 0)
		raise_not_listed(lists, at_group(lists->agno), lost);
	return rc;
}

int unlinked_unit(struct check_work *work, size_t agno)
{
	const struct group *group = &work->checker->groups[agno];
	struct lists lists = {.work = work, .agno = (uint32_t)agno};
	const struct unlinked_walker walker = {.inode = sum_up, .bad = on_bad, .arg = &lists};
	int rc;

	if (group->lost & LOST_AGI) {
		check_not_done(work, at_group(lists.agno), "unlinked lists");
		return 0;
	}
	rc = unlinked_walk(work_fs(work), lists.agno, &group->agi, &walker, NULL);
	if (rc == 0 && !hash_sum_equal(lists.sum, work->checker->sums[agno].unlinked))
		rc = name_differences(&lists, group);
	idmap_fini(&lists.unlinked);
	return rc;
}
