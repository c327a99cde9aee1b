/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Entries of directories against the parent pointers of the inodes they name: what exactly differs.
 *
 * First the pointers of all inodes at hand are gathered in a map, then every entry looks for its own there, then the
 * pointers are read once more, and those that no entry asked for have none.
 */
#include <string.h>

#include "check/links/links.h"
#include "fs/parent.h"

#define POINTER_SEEN (1ull << 32) /* above the generation */

/* Of what a pointer is found by; one bit less than the hash has, so that it is never IDMAP_NO_KEY. */
static uint64_t pointer_key(const struct naming *naming, uint64_t ino, uint64_t parent, struct span name)
{
	const struct hash_secret *secret = work_secret(naming->work);

	return hash_words(secret, ino, parent, hash_bytes(secret, name.bytes, name.len), 0).low >> 1;
}

static struct finding about_pointer(uint64_t ino, uint64_t parent, struct span name)
{
	struct finding finding = {.at = at_fork(ino, FORK_ATTR), .other_ino = parent};

	finding.name_len = (uint8_t)name.len;
	memcpy(finding.name, name.bytes, name.len);
	return finding;
}

/* Some of a group, which only lack their other half because that was lost. */
static struct finding about_lost(uint32_t agno, uint64_t count)
{
	return (struct finding){.at = at_group(agno), .follows = true, .count = count};
}

static void raise_no_entry(struct naming *naming, struct finding finding)
{
	finding.code = FINDING_PARENT_NO_ENTRY;
	finding_raise(&naming->work->findings, &finding);
}

static void raise_missing(struct naming *naming, struct finding finding)
{
	finding.code = FINDING_PARENT_MISSING;
	finding_raise(&naming->work->findings, &finding);
}

static void raise_generation(struct naming *naming, const struct inode *dir, const struct dir_entry *entry,
			     uint32_t found)
{
	struct finding finding = about_pointer(entry->ino, dir->ino, entry->name);

	finding.code = FINDING_PARENT_GENERATION;
	finding.field = "gen";
	finding.has_expected = finding.has_found = true;
	finding.expected = dir->gen;
	finding.found = found;
	finding_raise(&naming->work->findings, &finding);
}

struct pointed {
	struct naming *naming;
	const struct inode *inode;
};

static int on_bad(void *arg, const struct error *why)
{
	const struct pointed *pointed = arg;

	return naming_lose(pointed->naming, &pointed->naming->work->checker->parents_lost, pointed->inode->ino, why);
}

static int gather_pointer(void *arg, const struct parent *parent)
{
	struct pointed *pointed = arg;
	uint64_t key = pointer_key(pointed->naming, pointed->inode->ino, parent->ino, parent->name);
	int rc = idmap_put(&pointed->naming->pointers, key, parent->gen);

	/* A second one for the same name. */
	if (rc == 0)
		raise_no_entry(pointed->naming, about_pointer(pointed->inode->ino, parent->ino, parent->name));
	return rc < 0 ? rc : 0;
}

int parents_gather(struct naming *naming, const struct inode *inode)
{
	struct pointed pointed = {naming, inode};
	const struct parent_walker walker = {.parent = gather_pointer, .bad = on_bad, .arg = &pointed};

	return parent_walk(work_fs(naming->work), inode, &walker, NULL);
}

void parents_entry(struct naming *naming, const struct inode *dir, const struct dir_entry *entry)
{
	const struct geometry *geo = &work_fs(naming->work)->geo;
	const struct known *known = naming_find(naming, entry->ino);
	uint64_t *pointer;

	/* What is wrong with an entry that names none of these is said by links_names.c. */
	if (!known || known->state != KNOWN_USED || entry->ino == geo->root_ino ||
	    geometry_is_internal(geo, entry->ino))
		return;
	pointer = idmap_get(&naming->pointers, pointer_key(naming, entry->ino, dir->ino, entry->name));
	if (!pointer) {
		if (atomic_load(&naming->work->checker->parents_lost))
			naming_group(naming, entry->ino)->pointerless++;
		else
			raise_missing(naming, about_pointer(entry->ino, dir->ino, entry->name));
		return;
	}
	if ((uint32_t)*pointer != dir->gen)
		raise_generation(naming, dir, entry, (uint32_t)*pointer);
	*pointer |= POINTER_SEEN;
}

static int judge_pointer(void *arg, const struct parent *parent)
{
	struct pointed *pointed = arg;
	struct naming *naming = pointed->naming;
	const uint64_t *pointer =
		idmap_get(&naming->pointers, pointer_key(naming, pointed->inode->ino, parent->ino, parent->name));

	if (!pointer || *pointer & POINTER_SEEN)
		return 0;
	if (atomic_load(&naming->work->checker->names_lost))
		naming_group(naming, pointed->inode->ino)->nameless_parents++;
	else
		raise_no_entry(naming, about_pointer(pointed->inode->ino, parent->ino, parent->name));
	return 0;
}

int parents_judge(struct naming *naming, const struct inode *inode)
{
	struct pointed pointed = {naming, inode};
	const struct parent_walker walker = {.parent = judge_pointer, .bad = on_bad, .arg = &pointed};

	return parent_walk(work_fs(naming->work), inode, &walker, NULL);
}

void parents_summary(struct naming *naming, uint32_t agno)
{
	const struct named_group *group = &naming->groups[agno - naming->first];

	if (group->nameless_parents > 0)
		raise_no_entry(naming, about_lost(agno, group->nameless_parents));
	if (group->pointerless > 0)
		raise_missing(naming, about_lost(agno, group->pointerless));
}
