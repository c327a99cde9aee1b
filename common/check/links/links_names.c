/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Entries of directories against the inodes they name: what exactly differs.
 *
 * Where names were lost with a directory that cannot be read, inodes that lack some are counted, not named.
 */
#include <string.h>

#include "check/regained.h"
#include "check/links/links.h"
#include "check/quota/quota.h"

static struct check_work *work_of(const struct naming *naming)
{
	return naming->work;
}

/* An entry that names an inode it should not, or tells what is not so. */
static struct finding about_entry(enum finding_code code, uint64_t dir, uint64_t ino, struct span name)
{
	struct finding finding = {.code = code, .at = at_fork(dir, FORK_DATA), .other_ino = ino};

	finding.name_len = (uint8_t)name.len;
	memcpy(finding.name, name.bytes, name.len);
	return finding;
}

static void raise_dangling(struct naming *naming, const struct inode *dir, const struct dir_entry *entry)
{
	struct finding finding = about_entry(FINDING_ENTRY_DANGLING, dir->ino, entry->ino, entry->name);

	finding_raise(&work_of(naming)->findings, &finding);
}

static void raise_internal(struct naming *naming, const struct inode *dir, const struct dir_entry *entry)
{
	struct finding finding = about_entry(FINDING_ENTRY_INTERNAL, dir->ino, entry->ino, entry->name);

	finding_raise(&work_of(naming)->findings, &finding);
}

static void raise_type(struct naming *naming, const struct inode *dir, const struct dir_entry *entry, uint8_t type)
{
	struct finding finding = about_entry(FINDING_ENTRY_TYPE, dir->ino, entry->ino, entry->name);

	finding.field = "ftype";
	finding.has_expected = finding.has_found = true;
	finding.expected = type;
	finding.found = entry->ftype;
	finding_raise(&work_of(naming)->findings, &finding);
}

/* The directory stands for an entry: the tree is followed the way that ".." agrees with. */
static void take_place(struct known *known, uint64_t dir)
{
	if (known->parent == NO_PARENT) {
		known->parent = dir;
	} else if (dir == known->dotdot && known->parent != dir) {
		known->stray = known->parent;
		known->parent = dir;
	} else {
		known->stray = dir;
	}
}

void names_entry(struct naming *naming, const struct inode *dir, const struct dir_entry *entry)
{
	const struct fs *fs = work_fs(naming->work);
	struct known *known = naming_find(naming, entry->ino);

	if (!known && naming_lacks_chunks(naming, entry->ino))
		return;
	if (!known || known->state == KNOWN_FREE) {
		raise_dangling(naming, dir, entry);
		return;
	}
	if (known->state == KNOWN_LOST)
		return;
	if (entry->ino == fs->geo.root_ino || geometry_is_internal(&fs->geo, entry->ino)) {
		raise_internal(naming, dir, entry);
		return;
	}
	known->names += known->names != UINT32_MAX;
	if (entry->ftype != links_ftype(fs, known->mode))
		raise_type(naming, dir, entry, links_ftype(fs, known->mode));
	if ((known->mode & INODE_MODE_TYPE) == INODE_MODE_DIR)
		take_place(known, dir->ino);
}

/* ------------------------------------------------------------------ inodes, when all names were counted */

static void check_count(struct naming *naming, uint64_t ino, const struct known *known, uint32_t expected)
{
	check_equal(naming->work, FINDING_LINK_COUNT, at_inode(ino), "nlink", expected, known->nlink);
}

/* An inode, or some that only lack names because names were lost. */
static void raise_nameless(struct naming *naming, struct place at, uint64_t parent, uint64_t lost)
{
	bool has_parent = parent != NO_PARENT;

	finding_raise(&work_of(naming)->findings, &(struct finding){.code = FINDING_INODE_NO_NAME,
								    .at = at,
								    .follows = lost > 0,
								    .count = lost,
								    .other_ino = has_parent ? parent : 0});
}

static void raise_dotdot(struct naming *naming, uint64_t ino, const struct known *known)
{
	finding_raise(&work_of(naming)->findings, &(struct finding){.code = FINDING_DIR_DOTDOT,
								    .at = at_inode(ino),
								    .field = "..",
								    .has_expected = true,
								    .has_found = true,
								    .expected = known->parent,
								    .found = known->dotdot});
}

/* The entry that should not be: the name is looked up again. */
static int raise_two_names(struct naming *naming, uint64_t ino, const struct known *known)
{
	uint8_t name[DIR_NAME_MAX];
	size_t len = 0;
	struct inode dir;
	struct finding finding;
	int rc = regained_read(naming->work->checker, known->stray, &dir, NULL);

	if (rc == 0)
		rc = dir_lookup_ino(work_fs(naming->work), &dir, ino, name, &len, NULL);
	if (rc < 0 && rc != ERR_CORRUPT && rc != ERR_MEDIA)
		return rc;
	finding = about_entry(FINDING_DIR_TWO_NAMES, known->stray, ino, (struct span){name, len});
	finding.count = known->names;
	finding_raise(&work_of(naming)->findings, &finding);
	return 0;
}

/* Counting the directories in a directory by what they are, not by what the entries say. */
struct recount {
	const struct fs *fs;
	uint32_t subdirs;
	bool partial;
};

static int recount_entry(void *arg, const struct dir_entry *entry)
{
	struct recount *recount = arg;
	bool is_dir = entry->ftype == DIR_FTYPE_DIR;
	struct inode inode;
	int rc = inode_read(recount->fs, entry->ino, &inode, NULL);

	if (rc != 0 && rc != ERR_CORRUPT && rc != ERR_MEDIA)
		return rc;
	if (rc == 0 && inode.mode != 0)
		is_dir = inode_is(&inode, INODE_MODE_DIR);
	recount->subdirs += is_dir;
	return 0;
}

/* The directory could be read in whole a moment ago. */
static int recount_bad(void *arg, const struct error *why)
{
	struct recount *recount = arg;

	(void)why;
	recount->partial = true;
	return 0;
}

/* Links of a directory: its name or that the root has none, ".", and ".." of every directory in it. */
static int judge_dir_links(struct naming *naming, uint64_t ino, const struct known *known)
{
	const struct fs *fs = work_fs(naming->work);
	struct recount recount = {.fs = fs};
	const struct dir_walker walker = {
		.entry = recount_entry, .bad = recount_bad, .arg = &recount, .buffer = naming->work->dirblock};
	struct inode inode;
	int rc;

	if (!fs->geo.has_ftype || known->partial || known->nlink == 2 + known->subdirs)
		return 0;
	rc = regained_read(naming->work->checker, ino, &inode, NULL);
	if (rc == 0)
		rc = dir_walk(fs, &inode, &walker, NULL);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA || recount.partial) {
		check_not_done(naming->work, at_inode(ino), "links of a directory, as the medium gets worse");
		return 0;
	}
	if (rc == 0)
		check_count(naming, ino, known, 2 + recount.subdirs);
	return rc;
}

static int judge_dir(struct naming *naming, uint64_t ino, const struct known *known)
{
	int rc = 0;

	if (known->names > 1)
		rc = raise_two_names(naming, ino, known);
	if (known->names > 0 && known->dotdot != NO_PARENT && known->dotdot != known->parent)
		raise_dotdot(naming, ino, known);
	return rc == 0 ? judge_dir_links(naming, ino, known) : rc;
}

/* One that has some name, or should have one. */
static int judge_names(struct naming *naming, uint64_t ino, struct known *known)
{
	bool is_dir = (known->mode & INODE_MODE_TYPE) == INODE_MODE_DIR;
	bool lost = atomic_load(&naming->work->checker->names_lost);

	if (lost && known->names < (is_dir ? 1 : known->nlink))
		naming_group(naming, ino)->nameless++;
	else if (known->names == 0)
		raise_nameless(naming, at_inode(ino), known->dotdot, 0);
	else if (!is_dir)
		check_count(naming, ino, known, known->names);
	return is_dir ? judge_dir(naming, ino, known) : 0;
}

int names_judge(struct naming *naming, uint64_t ino, struct known *known)
{
	const struct fs *fs = work_fs(naming->work);
	const struct geometry *geo = &fs->geo;
	bool is_dir = (known->mode & INODE_MODE_TYPE) == INODE_MODE_DIR;
	int rc = 0;

	if (geometry_is_internal(geo, ino))
		return 0;
	if (ino == geo->root_ino)
		return is_dir ? judge_dir_links(naming, ino, known) : 0;
	if (known->nlink == 0 && known->names == 0)
		return 0; /* removed: unlinked.c */
	if (known->names == 0)
		rc = quota_is_unnamed(fs, ino);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	return judge_names(naming, ino, known);
}

void names_summary(struct naming *naming, uint32_t agno)
{
	uint64_t lost = naming->groups[agno - naming->first].nameless;

	if (lost > 0)
		raise_nameless(naming, at_group(agno), NO_PARENT, lost);
}
