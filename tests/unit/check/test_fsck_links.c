/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names, links, parent pointers, the tree of directories, unlinked lists: each lie is found, and nothing but the lie.
 *
 * In norm: /links has "first" and "second", two of the 42 names of one file, and the directories "place0" to "place3",
 * each with ten more of these names; /special has an inode of each other type.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/btree_block.h"
#include "format/records.h"
#include "fs/parent.h"
#include "lib/fsck_case.h"
#include "unit/check/fsck_lines.h"

typedef unsigned long long ull;

static struct fsck_case c;
static uint64_t links, file, places[4];

static void open_image(const char *name)
{
	fsck_case_open(&c, name);
	links = fsck_case_ino(&c, "links");
	file = fsck_case_ino(&c, "links/place0/again00");
	for (unsigned i = 0; i < 4; i++) {
		char path[] = "links/place0";

		path[11] = (char)('0' + i);
		places[i] = fsck_case_ino(&c, path);
	}
}

static void setup(void)
{
	open_image("norm");
}

static void teardown(void)
{
	fsck_case_close(&c);
}

/* Compares what the check says with lines of printf. */
#define expect(...) fsck_expect(&c, NULL, __VA_ARGS__)

/* Changes an entry of a directory. */
static void rename_to(uint64_t dir, const char *name, uint64_t ino, int ftype)
{
	struct fsck_entry entry = fsck_case_entry(&c, dir, name);

	fsck_entry_set(&c, &entry, ino, ftype);
}

START_TEST(sound)
{
	static const char *const names[] = {"b64k",	   "demo",     "norm",	   "norm-plain",
					    "parent",	   "small",    "sparse",   "tiny-b2k",
					    "tiny-dirblk", "tiny-i2k", "tiny-s4k", "tiny-metauuid"};

	fsck_case_open(&c, names[_i]);
	expect("%s", "");
}
END_TEST

/* ------------------------------------------------------------------ links and entries */

START_TEST(counts)
{
	uint64_t root = c.fs->geo.root_ino;

	fsck_case_set_inode(&c, file, "nlink", 40);
	fsck_case_set_inode(&c, links, "nlink", 3);
	fsck_case_set_inode(&c, root, "nlink", 0);
	expect("LINK_COUNT ino %llu nlink 15!=0\nLINK_COUNT ino %llu nlink 6!=3\nLINK_COUNT ino %llu nlink 42!=40\n",
	       (ull)root, (ull)links, (ull)file);
}
END_TEST

/* Too many links of one directory do not make up for too few of another. */
START_TEST(counts_that_make_up)
{
	fsck_case_set_inode(&c, places[0], "nlink", 3);
	fsck_case_set_inode(&c, c.fs->geo.root_ino, "nlink", 14);
	fsck_case_set_inode(&c, links, "nlink", 7);
	expect("LINK_COUNT ino %llu nlink 15!=14\nLINK_COUNT ino %llu nlink 6!=7\nLINK_COUNT ino %llu nlink 2!=3\n",
	       (ull)c.fs->geo.root_ino, (ull)links, (ull)places[0]);
}
END_TEST

START_TEST(dangling)
{
	const struct geometry *geo = &c.fs->geo;
	uint64_t none = geometry_ino_join(geo, 0, geometry_block_agino(geo, geo->ag_blocks - 1));

	/* No inode chunk is there. */
	rename_to(links, "first", none, -1);
	expect("ENTRY_DANGLING ino %llu data other %llu 'first'\nLINK_COUNT ino %llu nlink 41!=42\n", (ull)links,
	       (ull)none, (ull)file);
}
END_TEST

/* An inode that is free and has a name. */
START_TEST(free_and_linked)
{
	uint64_t special = fsck_case_ino(&c, "special"), fifo = fsck_case_ino(&c, "special/fifo");

	fsck_case_set_inode(&c, fifo, "mode", 0);
	expect("INODE_NOT_IN_USE ino %llu\nENTRY_DANGLING ino %llu data other %llu 'fifo'\n", (ull)fifo, (ull)special,
	       (ull)fifo);
}
END_TEST

START_TEST(internal)
{
	uint64_t rtbitmap = c.fs->geo.rtbitmap_ino, root = c.fs->geo.root_ino;

	rename_to(links, "first", rtbitmap, -1);
	rename_to(links, "place0", root, -1);
	expect("ENTRY_INTERNAL ino %llu data other %llu 'first'\nENTRY_INTERNAL ino %llu data other %llu 'place0'\n"
	       "LINK_COUNT ino %llu nlink 41!=42\nINODE_NO_NAME ino %llu other %llu\n",
	       (ull)links, (ull)rtbitmap, (ull)links, (ull)root, (ull)file, (ull)places[0], (ull)links);
}
END_TEST

static const struct {
	const char *path, *name;
	int right, wrong;
} wrong_types[] = {
	{"links", "first", DIR_FTYPE_FILE, DIR_FTYPE_DIR},
	{"links", "place0", DIR_FTYPE_DIR, DIR_FTYPE_FILE},
	{"links", "place0", DIR_FTYPE_DIR, DIR_FTYPE_UNKNOWN},
	{"special", "char-null", DIR_FTYPE_CHAR, DIR_FTYPE_WHITEOUT},
	{"special", "block", DIR_FTYPE_BLOCK, DIR_FTYPE_CHAR},
	{"special", "fifo", DIR_FTYPE_FIFO, DIR_FTYPE_SOCKET},
	{"special", "socket", DIR_FTYPE_SOCKET, DIR_FTYPE_LINK},
};

START_TEST(types)
{
	uint64_t dir = fsck_case_ino(&c, wrong_types[_i].path);
	struct fsck_entry entry = fsck_case_entry(&c, dir, wrong_types[_i].name);

	fsck_entry_set(&c, &entry, fsck_entry_ino(&entry), wrong_types[_i].wrong);
	expect("ENTRY_TYPE ino %llu data other %llu '%s' ftype %d!=%d\n", (ull)dir, (ull)fsck_entry_ino(&entry),
	       wrong_types[_i].name, wrong_types[_i].right, wrong_types[_i].wrong);
}
END_TEST

/* The names of a file and of a directory are swapped. */
START_TEST(swapped)
{
	rename_to(links, "first", places[0], -1);
	rename_to(links, "place0", file, -1);
	expect("ENTRY_TYPE ino %llu data other %llu 'first' ftype 2!=1\n"
	       "ENTRY_TYPE ino %llu data other %llu 'place0' ftype 1!=2\n",
	       (ull)links, (ull)places[0], (ull)links, (ull)file);
}
END_TEST

START_TEST(nameless)
{
	uint64_t special = fsck_case_ino(&c, "special"), fifo = fsck_case_ino(&c, "special/fifo");

	rename_to(special, "fifo", file, DIR_FTYPE_FILE);
	fsck_case_set_inode(&c, file, "nlink", 43);
	expect("INODE_NO_NAME ino %llu\n", (ull)fifo);
}
END_TEST

/* ------------------------------------------------------------------ directories */

START_TEST(two_names)
{
	rename_to(places[0], "again00", places[1], DIR_FTYPE_DIR);
	expect("LINK_COUNT ino %llu nlink 41!=42\n"
	       "DIR_TWO_NAMES ino %llu data other %llu 'again00' x 2\n"
	       "LINK_COUNT ino %llu nlink 3!=2\n",
	       (ull)file, (ull)places[0], (ull)places[1], (ull)places[0]);
}
END_TEST

START_TEST(dotdot)
{
	rename_to(places[0], "..", c.fs->geo.root_ino, -1);
	expect("DIR_DOTDOT ino %llu .. %llu!=%llu\n", (ull)places[0], (ull)links, (ull)c.fs->geo.root_ino);
}
END_TEST

START_TEST(root_dotdot)
{
	rename_to(c.fs->geo.root_ino, "..", links, -1);
	expect("ROOT_DOTDOT ino %llu .. %llu!=%llu\n", (ull)c.fs->geo.root_ino, (ull)c.fs->geo.root_ino, (ull)links);
}
END_TEST

/* Two directories that lie in each other, with all counts right; a third lies in one of them. */
START_TEST(cycle)
{
	uint64_t first = places[1] < places[0] ? places[1] : places[0];

	rename_to(links, "place0", file, DIR_FTYPE_FILE);
	rename_to(links, "place1", file, DIR_FTYPE_FILE);
	rename_to(links, "place2", file, DIR_FTYPE_FILE);
	rename_to(places[0], "again00", places[1], DIR_FTYPE_DIR);
	rename_to(places[1], "again01", places[0], DIR_FTYPE_DIR);
	rename_to(places[1], "again05", places[2], DIR_FTYPE_DIR);
	rename_to(places[0], "..", places[1], -1);
	rename_to(places[1], "..", places[0], -1);
	rename_to(places[2], "..", places[1], -1);
	fsck_case_set_inode(&c, links, "nlink", 3);
	fsck_case_set_inode(&c, places[0], "nlink", 3);
	fsck_case_set_inode(&c, places[1], "nlink", 4);
	expect("TREE_CYCLE ino %llu x 3\n", (ull)first);
}
END_TEST

/* ".." alone leads into a circle: the names say that there is none. */
START_TEST(no_cycle)
{
	rename_to(links, "..", places[0], -1);
	expect("DIR_DOTDOT ino %llu .. %llu!=%llu\n", (ull)links, (ull)c.fs->geo.root_ino, (ull)places[0]);
}
END_TEST

/* A directory that is its own parent. */
START_TEST(own_parent)
{
	rename_to(links, "place0", file, DIR_FTYPE_FILE);
	rename_to(places[0], "again00", places[0], DIR_FTYPE_DIR);
	rename_to(places[0], "..", places[0], -1);
	fsck_case_set_inode(&c, links, "nlink", 5);
	fsck_case_set_inode(&c, places[0], "nlink", 3);
	expect("DIR_ENTRY_INODE ino %llu other %llu 'again00' inumber found %llu\nTREE_CYCLE ino %llu x 1\n",
	       (ull)places[0], (ull)places[0], (ull)places[0], (ull)places[0]);
}
END_TEST

/* An inode with a broken magic number takes its names with it. */
START_TEST(lost_directory)
{
	fsck_case_set_inode(&c, places[0], "magic", 0);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "INODE_UNREADABLE"));
	ck_assert_ptr_nonnull(strstr(c.said, "INODE_NO_NAME group 0 x 1 follows\n"));
	ck_assert_ptr_null(strstr(c.said, "LINK_COUNT"));
	ck_assert_ptr_null(strstr(c.said, "ENTRY_"));
}
END_TEST

START_TEST(lost_root)
{
	fsck_case_set_inode(&c, c.fs->geo.root_ino, "magic", 0);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "INODE_UNREADABLE"));
	ck_assert_ptr_nonnull(strstr(c.said, "ROOT_MISSING ino 128 follows\n"));
	ck_assert_ptr_nonnull(strstr(c.said, "INODE_NO_NAME group 0 x"));
	ck_assert_ptr_null(strstr(c.said, "DIR_DOTDOT"));
	ck_assert_ptr_null(strstr(c.said, "TREE_CYCLE"));
}
END_TEST

/* The superblock names an inode that is no directory. */
START_TEST(no_root)
{
	for (uint32_t agno = 0; agno < c.fs->geo.ag_count; agno++) {
		struct disk_sb *sb = (struct disk_sb *)(c.image.bytes + geometry_sector_offset(&c.fs->geo, agno, 0));

		sb->rootino = be64_of(fsck_case_ino(&c, "special/fifo"));
		crc32c_block_seal(sb, c.fs->geo.sector_bytes, offsetof(struct disk_sb, crc));
	}
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "ROOT_MISSING ino 98084\n"));
}
END_TEST

/* Says in the inobt that an inode of the root's chunk is free. */
static void free_in_tree(uint64_t ino)
{
	uint32_t root = be32_get(fsck_case_agi(&c, 0)->root);
	uint8_t *block = c.image.bytes + geometry_block_offset(&c.fs->geo, (struct agaddr){0, root});
	struct disk_inobt_rec *rec = (struct disk_inobt_rec *)(block + sizeof(struct disk_btree_short));

	ck_assert_uint_eq(be32_get(rec->startino), c.fs->geo.root_ino);
	rec->free = be64_of(be64_get(rec->free) | 1ull << (ino - c.fs->geo.root_ino));
	crc32c_block_seal(block, c.fs->geo.block_bytes, offsetof(struct disk_btree_short, crc));
}

/* What else is wrong then is for the tests of inode trees. */
START_TEST(realtime_file_free)
{
	free_in_tree(c.fs->geo.rtbitmap_ino);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "REALTIME_FILE_MISSING ino 129\n"));
}
END_TEST

START_TEST(free_in_tree_and_linked)
{
	uint64_t ino = fsck_case_ino(&c, "files/empty");
	char wanted[100];

	ck_assert_uint_lt(ino - c.fs->geo.root_ino, 64);
	free_in_tree(ino);
	(void)snprintf(wanted, sizeof(wanted), "other %llu 'empty'\n", (ull)ino);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
	ck_assert_ptr_nonnull(strstr(c.said, "ENTRY_DANGLING"));
}
END_TEST

/* The superblock names an inode for the bitmap of the realtime device that nobody has allocated. */
START_TEST(no_realtime_file)
{
	struct disk_sb *sb = (struct disk_sb *)c.image.bytes;
	uint64_t none = geometry_ino_join(&c.fs->geo, 0, geometry_block_agino(&c.fs->geo, c.fs->geo.ag_blocks - 1));
	char wanted[64];

	sb->rbmino = be64_of(none);
	crc32c_block_seal(sb, c.fs->geo.sector_bytes, offsetof(struct disk_sb, crc));
	(void)snprintf(wanted, sizeof(wanted), "REALTIME_FILE_MISSING ino %llu\n", (ull)none);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), wanted));
}
END_TEST

/* ------------------------------------------------------------------ parent pointers */

/* The pointer for a name that only one attribute of the inode in its own space has; of this name only the last letter.
 */
static struct disk_parent *find_pointer(uint64_t ino, const char *name)
{
	uint8_t *inode = (uint8_t *)fsck_case_inode(&c, ino);
	uint8_t *at = memmem(inode + sizeof(struct disk_inode), c.fs->geo.inode_bytes - sizeof(struct disk_inode), name,
			     strlen(name));

	ck_assert_ptr_nonnull(at);
	return (struct disk_parent *)(at + strlen(name));
}

static void setup_parent(void)
{
	open_image("parent");
}

START_TEST(parent_generation)
{
	uint64_t special = fsck_case_ino(&c, "special"), fifo = fsck_case_ino(&c, "special/fifo");
	struct disk_parent *pointer = find_pointer(fifo, "fifo");
	uint32_t gen = be32_get(pointer->gen);

	pointer->gen = be32_of(gen ^ 1);
	fsck_case_seal_inode(&c, fifo);
	expect("PARENT_GENERATION ino %llu attr other %llu 'fifo' gen %u!=%u\n", (ull)fifo, (ull)special, gen, gen ^ 1);
}
END_TEST

START_TEST(parent_elsewhere)
{
	uint64_t special = fsck_case_ino(&c, "special"), fifo = fsck_case_ino(&c, "special/fifo");
	struct disk_parent *pointer = find_pointer(fifo, "fifo");

	pointer->ino = be64_of(links);
	fsck_case_seal_inode(&c, fifo);
	expect("PARENT_MISSING ino %llu attr other %llu 'fifo'\nPARENT_NO_ENTRY ino %llu attr other %llu 'fifo'\n",
	       (ull)fifo, (ull)special, (ull)fifo, (ull)links);
}
END_TEST

/* The generation of a directory: all that it names points to an earlier one. */
START_TEST(parent_of_old)
{
	uint64_t special = fsck_case_ino(&c, "special");
	const char *line = NULL;
	unsigned lines = 0;

	fsck_case_set_inode(&c, special, "gen", 7);
	line = fsck_case_run(&c);
	for (; *line; line = strchr(line, '\n') + 1, lines++)
		ck_assert_int_eq(strncmp(line, "PARENT_GENERATION ino ", 22), 0);
	ck_assert_uint_eq(lines, 5);
}
END_TEST

START_TEST(parents_of_lost)
{
	fsck_case_set_inode(&c, places[0], "magic", 0);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "PARENT_NO_ENTRY group 1 x 10 follows\n"));
	ck_assert_ptr_null(strstr(c.said, "PARENT_MISSING"));
	ck_assert_ptr_null(strstr(c.said, "LINK_COUNT"));
}
END_TEST

/* ------------------------------------------------------------------ unlinked lists */

/* Takes the name of the fifo away: an inode without links. */
static uint64_t unlink_fifo(void)
{
	uint64_t special = fsck_case_ino(&c, "special"), fifo = fsck_case_ino(&c, "special/fifo");

	rename_to(special, "fifo", file, DIR_FTYPE_FILE);
	fsck_case_set_inode(&c, file, "nlink", 43);
	fsck_case_set_inode(&c, fifo, "nlink", 0);
	return fifo;
}

/* Puts an inode at the head of a list. */
static void list(uint64_t ino, uint32_t bucket)
{
	uint32_t agno, agino;

	ck_assert(geometry_ino_split(&c.fs->geo, ino, &agno, &agino));
	fsck_case_agi(&c, agno)->unlinked[bucket] = be32_of(agino);
	fsck_case_seal_agi(&c, agno);
}

static uint32_t agino_of(uint64_t ino)
{
	uint32_t agno, agino;

	ck_assert(geometry_ino_split(&c.fs->geo, ino, &agno, &agino));
	return agino;
}

START_TEST(unlinked_listed)
{
	uint64_t fifo = unlink_fifo();

	list(fifo, agino_of(fifo) % AGI_UNLINKED_BUCKETS);
	expect("%s", "");
}
END_TEST

START_TEST(unlinked_not_listed)
{
	uint64_t fifo = unlink_fifo();

	expect("UNLINKED_NOT_LISTED ino %llu\n", (ull)fifo);
}
END_TEST

START_TEST(unlinked_with_links)
{
	uint64_t fifo = fsck_case_ino(&c, "special/fifo");

	list(fifo, agino_of(fifo) % AGI_UNLINKED_BUCKETS);
	expect("UNLINKED_NOT_REMOVED ino %llu nlink\n", (ull)fifo);
}
END_TEST

START_TEST(unlinked_free)
{
	uint64_t fifo = unlink_fifo();

	list(fifo, agino_of(fifo) % AGI_UNLINKED_BUCKETS);
	fsck_case_set_inode(&c, fifo, "mode", 0);
	expect("INODE_NOT_IN_USE ino %llu\nUNLINKED_NOT_REMOVED ino %llu mode\n", (ull)fifo, (ull)fifo);
}
END_TEST

/* An inode that looks right, but stands where no inodes are. */
START_TEST(unlinked_in_no_chunk)
{
	uint64_t fifo = unlink_fifo(), nowhere = fifo + (uint64_t)512 * 64;
	struct disk_inode *copy = fsck_case_inode(&c, nowhere);

	memcpy(copy, fsck_case_inode(&c, fifo), c.fs->geo.inode_bytes);
	copy->ino = be64_of(nowhere);
	copy->next_unlinked = be32_of(agino_of(fifo));
	fsck_case_seal_inode(&c, nowhere);
	list(nowhere, agino_of(nowhere) % AGI_UNLINKED_BUCKETS);
	expect("UNLINKED_NOT_REMOVED ino %llu chunk\n", (ull)nowhere);
}
END_TEST

START_TEST(unlinked_loop)
{
	uint64_t fifo = unlink_fifo();

	list(fifo, agino_of(fifo) % AGI_UNLINKED_BUCKETS);
	fsck_case_set_inode(&c, fifo, "next_unlinked", agino_of(fifo));
	expect("UNLINKED_LIST_BROKEN ino %llu (loop)\n", (ull)fifo);
}
END_TEST

START_TEST(unlinked_wrong_list)
{
	uint64_t fifo = unlink_fifo();

	list(fifo, (agino_of(fifo) + 1) % AGI_UNLINKED_BUCKETS);
	expect("UNLINKED_LIST_BROKEN ino %llu (out of range)\nUNLINKED_NOT_LISTED group 1 x 1 follows\n", (ull)fifo);
}
END_TEST

Suite *fsck_links_suite(void);
Suite *fsck_links_suite(void)
{
	Suite *suite = suite_create("fsck_links");
	TCase *images = tcase_create("images"), *lies = tcase_create("lies"), *parents = tcase_create("parents");

	tcase_add_checked_fixture(images, NULL, teardown);
	tcase_add_loop_test(images, sound, 0, 12);
	suite_add_tcase(suite, images);

	tcase_add_checked_fixture(lies, setup, teardown);
	tcase_add_test(lies, counts);
	tcase_add_test(lies, counts_that_make_up);
	tcase_add_test(lies, dangling);
	tcase_add_test(lies, free_and_linked);
	tcase_add_test(lies, internal);
	tcase_add_loop_test(lies, types, 0, (int)(sizeof(wrong_types) / sizeof(wrong_types[0])));
	tcase_add_test(lies, swapped);
	tcase_add_test(lies, nameless);
	tcase_add_test(lies, two_names);
	tcase_add_test(lies, dotdot);
	tcase_add_test(lies, root_dotdot);
	tcase_add_test(lies, cycle);
	tcase_add_test(lies, no_cycle);
	tcase_add_test(lies, own_parent);
	tcase_add_test(lies, lost_directory);
	tcase_add_test(lies, lost_root);
	tcase_add_test(lies, no_root);
	tcase_add_test(lies, realtime_file_free);
	tcase_add_test(lies, free_in_tree_and_linked);
	tcase_add_test(lies, no_realtime_file);
	tcase_add_test(lies, unlinked_listed);
	tcase_add_test(lies, unlinked_not_listed);
	tcase_add_test(lies, unlinked_with_links);
	tcase_add_test(lies, unlinked_free);
	tcase_add_test(lies, unlinked_in_no_chunk);
	tcase_add_test(lies, unlinked_loop);
	tcase_add_test(lies, unlinked_wrong_list);
	suite_add_tcase(suite, lies);

	tcase_add_checked_fixture(parents, setup_parent, teardown);
	tcase_add_test(parents, parent_generation);
	tcase_add_test(parents, parent_elsewhere);
	tcase_add_test(parents, parent_of_old);
	tcase_add_test(parents, parents_of_lost);
	suite_add_tcase(suite, parents);
	return suite;
}
