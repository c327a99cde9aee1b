/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who uses the blocks of the groups where that is not clear: every extent and tree block of every fork there, in
 * memory, 32 bytes each.
 *
 * With an rmapbt that only happens when it is wrong. Without one there is no other way to see whether two files use one
 * block: that memory is the price of such a file system.
 */
#include <stdlib.h>

#include "check/space/claims.h"
#include "check/regained.h"
#include "check/inode/inode_parts.h"
#include "check/space/occupancy.h"
#include "check/pass.h"

bool users_wanted(const struct checker *checker)
{
	for (uint32_t agno = 0; agno < checker->fs->geo.ag_count; agno++)
		if (checker->groups[agno].name_users)
			return true;
	return false;
}

/* One fork in work. */
struct fork_users {
	struct check_work *work;
	const struct inode *inode;
	enum fork_kind kind;
};

static int add(const struct fork_users *users, const struct rmap *claim)
{
	struct check_work *work = users->work;
	uint32_t agno = claim->start.agno;
	struct holder holder = holder_of(claim);

	if (!work->checker->groups[agno].name_users)
		return 0;
	return holders_add(&work->users[agno], &holder);
}

static int on_extent(void *arg, const struct extent *extent)
{
	const struct fork_users *users = arg;
	struct rmap claim = claim_of_extent(users->inode, users->kind, extent);

	return add(users, &claim);
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	const struct fork_users *users = arg;
	struct rmap claim = claim_of_fork_block(users->inode, users->kind, at);

	(void)level;
	return add(users, &claim);
}

/* Unless the pass over inodes has said so, and made the inode a lost one. */
static int lose(struct check_work *work, uint64_t ino, const struct error *why)
{
	if (check_inode_lost(work->checker, ino))
		return 0;
	atomic_store(&work->checker->users_worse, true);
	return check_worse(work, at_inode(ino), why);
}

static int on_bad(void *arg, const struct error *why)
{
	const struct fork_users *users = arg;

	return lose(users->work, users->inode->ino, why);
}

static int add_inode(struct check_work *work, const struct inode *inode)
{
	const struct regained *regained = regained_of(work->checker, inode->ino);
	struct fork_users users = {.work = work, .inode = inode};
	int rc = 0;

	for (size_t i = 0; regained && i < regained->tree_block_count && rc == 0; i++)
		rc = add(&users, &regained->tree_blocks[i]);
	for (int kind = FORK_DATA; kind <= FORK_ATTR && rc == 0; kind++) {
		struct fork_walker walker = {.extent = on_extent, .block = on_block, .bad = on_bad, .arg = &users};

		users.kind = (enum fork_kind)kind;
		rc = fork_walk(work_fs(work), inode, users.kind, 0, FILEOFF_MAX, &walker, NULL);
	}
	return rc;
}

static int add_chunk(struct check_work *work, const struct chunk *chunk)
{
	bool loaded = chunk_load(work, chunk);
	const struct geometry *geo = &work_fs(work)->geo;
	struct inode inode;
	struct error why;
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++) {
		if (!(chunk->allocated >> i & 1))
			continue;
		if (chunk_inode(work, chunk, loaded, i, &inode, &why) != 0)
			rc = lose(work, geometry_ino_join(geo, chunk->agno, chunk->first_agino + i), &why);
		else if (inode.mode != 0)
			rc = add_inode(work, &inode);
	}
	return rc;
}

int users_unit(struct check_work *work, size_t unit)
{
	size_t first, end;
	const struct group *group = inodes_range(work->checker, unit, &first, &end);
	int rc = 0;

	if (!work->users)
		work->users = calloc(work_fs(work)->geo.ag_count, sizeof(*work->users));
	if (!work->users)
		return ERR_NOMEM;
	for (size_t i = first; i < end && rc == 0; i++)
		rc = add_chunk(work, &group->chunks[i]);
	return rc;
}
