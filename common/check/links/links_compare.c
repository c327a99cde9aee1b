/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names against links, second part: compares the sums of the groups, and where they differ reads all directories again
 * to find out what does.
 *
 * A unit is a run of groups with so many inodes that reading everything again is worth it, and few enough to hold what
 * is known of each in memory.
 */
#include <stdlib.h>

#include "check/regained.h"
#include "check/links/links.h"
#include "check/pass.h"

#define INODES_PER_UNIT (1u << 20)

static size_t inodes_of(const struct group *group)
{
	return group->chunk_count * INODES_PER_CHUNK;
}

/* The end of the run of groups that begins with @first. */
static uint32_t run_end(const struct checker *checker, uint32_t first)
{
	uint32_t end = first + 1;
	size_t inodes = inodes_of(&checker->groups[first]);

	while (end < checker->fs->geo.ag_count && inodes < INODES_PER_UNIT &&
	       inodes_of(&checker->groups[end]) <= INODES_PER_UNIT - inodes) {
		inodes += inodes_of(&checker->groups[end]);
		end++;
	}
	return end;
}

size_t links_units(const struct checker *checker)
{
	size_t units = 0;

	for (uint32_t first = 0; first < checker->fs->geo.ag_count; first = run_end(checker, first))
		units++;
	return units;
}

/* Without file types in entries it is not known which of them name directories. */
static bool links_differ(const struct checker *checker, const struct inode_sums *sums)
{
	return !hash_sum_equal(sums->named, sums->linked) ||
	       (checker->fs->geo.has_ftype && !hash_sum_equal(sums->children, sums->dotdots));
}

struct named_group *naming_group(const struct naming *naming, uint64_t ino)
{
	uint32_t agno = geometry_ino_group(&work_fs(naming->work)->geo, ino);
	struct named_group *group;

	if (agno < naming->first || agno >= naming->end)
		return NULL;
	group = &naming->groups[agno - naming->first];
	return group->inodes ? group : NULL;
}

bool naming_lacks_chunks(const struct naming *naming, uint64_t ino)
{
	return group_lacks_chunks(&naming->work->checker->groups[geometry_ino_group(&work_fs(naming->work)->geo, ino)]);
}

struct known *naming_find(const struct naming *naming, uint64_t ino)
{
	const struct checker *checker = naming->work->checker;
	const struct chunk *chunk;
	uint32_t agno, agino;
	const struct group *group;

	if (!geometry_ino_split(&checker->fs->geo, ino, &agno, &agino))
		return NULL;
	group = &checker->groups[agno];
	chunk = group_chunk(group, agino);
	if (!chunk)
		return NULL;
	return naming->groups[agno - naming->first].inodes + (size_t)(chunk - group->chunks) * INODES_PER_CHUNK +
	       (agino - chunk->first_agino);
}

/* ------------------------------------------------------------------ all inodes of the groups at hand */

typedef int inode_fn(struct naming *naming, uint64_t ino, struct known *known);

/* Every inode that is allocated and has space. */
static int each_inode(struct naming *naming, inode_fn *fn)
{
	const struct checker *checker = naming->work->checker;
	int rc = 0;

	for (uint32_t agno = naming->first; agno < naming->end; agno++) {
		const struct group *group = &checker->groups[agno];
		struct known *inodes = naming->groups[agno - naming->first].inodes;

		for (size_t i = 0; inodes && i < inodes_of(group) && rc == 0; i++) {
			const struct chunk *chunk = &group->chunks[i / INODES_PER_CHUNK];
			unsigned bit = i % INODES_PER_CHUNK;

			if (chunk->allocated >> bit & 1)
				rc = fn(naming, geometry_ino_join(&checker->fs->geo, agno, chunk->first_agino + bit),
					&inodes[i]);
		}
	}
	return rc;
}

int naming_lose(struct naming *naming, atomic_bool *lost, uint64_t ino, const struct error *why)
{
	if (why->code != ERR_MEDIA || atomic_exchange(lost, true))
		return 0;
	return check_worse(naming->work, at_inode(ino), why);
}

static int load_inode(struct naming *naming, uint64_t ino, struct known *known)
{
	struct inode inode;
	struct error why;
	int rc = regained_read(naming->work->checker, ino, &inode, &why);

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		known->state = KNOWN_LOST;
		return naming_lose(naming, &naming->work->checker->inodes_lost, ino, &why);
	}
	if (rc != 0 || inode.mode == 0)
		return rc;
	known->state = KNOWN_USED;
	known->parent = known->dotdot = NO_PARENT;
	known->mode = inode.mode;
	known->nlink = inode.nlink;
	return naming_group(naming, ino)->parents_differ ? parents_gather(naming, &inode) : 0;
}

static int judge_inode(struct naming *naming, uint64_t ino, struct known *known)
{
	const struct named_group *group = naming_group(naming, ino);
	struct inode inode;
	int rc = 0;

	if (known->state != KNOWN_USED)
		return 0;
	if (group->links_differ)
		rc = names_judge(naming, ino, known);
	if (rc != 0 || !group->parents_differ)
		return rc;
	rc = regained_read(naming->work->checker, ino, &inode, NULL);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return 0; /* it could be read a moment ago: the medium gets worse */
	return rc == 0 ? parents_judge(naming, &inode) : rc;
}

/* ------------------------------------------------------------------ all directories of the file system */

struct walked {
	struct naming *naming;
	const struct inode *dir;
	struct known *known; /* of the directory; NULL: of another group */
};

static int on_entry(void *arg, const struct dir_entry *entry)
{
	struct walked *walked = arg;
	const struct named_group *group = naming_group(walked->naming, entry->ino);

	if (walked->known && entry->ftype == DIR_FTYPE_DIR)
		walked->known->subdirs++;
	if (group && group->links_differ)
		names_entry(walked->naming, walked->dir, entry);
	if (group && group->parents_differ)
		parents_entry(walked->naming, walked->dir, entry);
	return 0;
}

static int on_bad(void *arg, const struct error *why)
{
	struct walked *walked = arg;

	if (walked->known)
		walked->known->partial = true;
	return naming_lose(walked->naming, &walked->naming->work->checker->names_lost, walked->dir->ino, why);
}

static int walk_dir(struct naming *naming, const struct dir_parent *dir)
{
	const struct fs *fs = work_fs(naming->work);
	struct walked walked = {.naming = naming};
	const struct dir_walker walker = {
		.entry = on_entry, .bad = on_bad, .arg = &walked, .buffer = naming->work->dirblock};
	struct inode inode;
	struct error why;
	int rc = regained_read(naming->work->checker, dir->ino, &inode, &why);

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return naming_lose(naming, &naming->work->checker->names_lost, dir->ino, &why);
	if (rc == 0 && !inode_is(&inode, INODE_MODE_DIR))
		return 0;
	if (rc != 0)
		return rc;
	walked.dir = &inode;
	if (naming_group(naming, dir->ino))
		walked.known = naming_find(naming, dir->ino);
	return dir_walk(fs, &inode, &walker, NULL);
}

/* ".." of the directories at hand is known before any entry is looked at. */
static void load_dotdots(struct naming *naming)
{
	const struct unit_tables *tables = &naming->work->checker->tables;

	for (size_t i = 0; i < tables->dir_count; i++) {
		struct known *known = NULL;

		if (naming_group(naming, tables->dirs[i].ino))
			known = naming_find(naming, tables->dirs[i].ino);
		if (known)
			known->dotdot = tables->dirs[i].parent;
	}
}

/* The tree of directories follows the names (tree.c). Nobody else looks at these entries of the table. */
static void store_parents(struct naming *naming)
{
	struct unit_tables *tables = &naming->work->checker->tables;

	for (size_t i = 0; i < tables->dir_count; i++) {
		struct dir_parent *dir = &tables->dirs[i];
		const struct named_group *group = naming_group(naming, dir->ino);
		const struct known *known = group && group->links_differ ? naming_find(naming, dir->ino) : NULL;

		if (known && known->state == KNOWN_USED && dir->ino != work_fs(naming->work)->geo.root_ino)
			dir->parent = known->parent;
	}
}

/* ------------------------------------------------------------------ the pass */

static int name_differences(struct naming *naming)
{
	const struct unit_tables *tables = &naming->work->checker->tables;
	int rc = each_inode(naming, load_inode);

	load_dotdots(naming);
	for (size_t i = 0; i < tables->dir_count && rc == 0; i++)
		rc = walk_dir(naming, &tables->dirs[i]);
	if (rc == 0)
		rc = each_inode(naming, judge_inode);
	for (uint32_t agno = naming->first; agno < naming->end && rc == 0; agno++) {
		names_summary(naming, agno);
		parents_summary(naming, agno);
	}
	if (rc == 0)
		store_parents(naming);
	return rc;
}

/* Memory for the inodes of each group that differs; *any: whether one does. */
static int open_groups(struct naming *naming, bool *any)
{
	const struct checker *checker = naming->work->checker;

	naming->groups = calloc(naming->end - naming->first, sizeof(*naming->groups));
	if (!naming->groups)
		return ERR_NOMEM;
	for (uint32_t agno = naming->first; agno < naming->end; agno++) {
		struct named_group *group = &naming->groups[agno - naming->first];
		const struct inode_sums *sums = &checker->sums[agno];

		group->links_differ = links_differ(checker, sums);
		group->parents_differ = checker->fs->geo.has_parent && !hash_sum_equal(sums->names, sums->parents);
		if (!group->links_differ && !group->parents_differ)
			continue;
		*any = true;
		/* One more, as a group may have none. */
		group->inodes = calloc(inodes_of(&checker->groups[agno]) + 1, sizeof(*group->inodes));
		if (!group->inodes)
			return ERR_NOMEM;
	}
	return 0;
}

int links_unit(struct check_work *work, size_t unit)
{
	const struct checker *checker = work->checker;
	struct naming naming = {.work = work};
	bool any = false;
	int rc;

	/* unit is less than links_units: some run is its own */
	for (naming.end = run_end(checker, 0); unit > 0; unit--) {
		naming.first = naming.end;
		naming.end = run_end(checker, naming.first);
	}
	if (!checker->fs->geo.has_ftype && naming.first == 0)
		check_not_done(work, at_fs(), "link counts of directories, as entries have no file types");
	rc = open_groups(&naming, &any);
	if (rc == 0 && any)
		rc = name_differences(&naming);
	for (uint32_t agno = naming.first; naming.groups && agno < naming.end; agno++)
		free(naming.groups[agno - naming.first].inodes);
	free(naming.groups);
	idmap_fini(&naming.pointers);
	return rc;
}
