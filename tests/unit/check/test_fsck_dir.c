/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lies in directories of every form: each is found, and told where it is.
 *
 * In norm (blocks of 4096 bytes): /dirs/block is one block of 66 entries of which all but the first two take 24 bytes,
 * and unused space behind them; /dirs/leaf has three blocks of names and a leaf; /dirs/node seven blocks of names, a
 * node at L, leaves at L + 2, L + 3 and L + 1 in the order of their hashes, and a block of the free index at F. In
 * small (1024 bytes), /dirs/collisions has names that all hash alike, and /dirs/free-index several blocks of the free
 * index. norm has no rmapbt: extents may be moved in a file without another contradiction.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/btree_block.h"
#include "format/records.h"
#include "lib/fsck_case.h"

#define L (DIR_LEAF_OFFSET / 4096)
#define F (DIR_FREE_OFFSET / 4096)

static struct fsck_case c;
static uint64_t dir;
static struct inode inode;

static void open_dir(const char *image, const char *path)
{
	struct error err;

	fsck_case_open(&c, image);
	dir = fsck_case_ino(&c, path);
	ck_assert_int_eq(inode_read(c.fs, dir, &inode, &err), 0);
}

static void teardown(void)
{
	fsck_case_close(&c);
}

static uint8_t *block_at(uint64_t fileoff)
{
	struct extent extent;

	ck_assert_int_eq(fork_map(c.fs, &inode, FORK_DATA, fileoff, &extent, NULL), 1);
	extent.start.agbno += (uint32_t)(fileoff - extent.fileoff);
	return c.image.bytes + geometry_block_offset(&c.fs->geo, extent.start);
}

static void seal(uint64_t fileoff)
{
	const struct geometry *geo = &c.fs->geo;
	uint64_t leaf = DIR_LEAF_OFFSET >> geo->block_log, free = DIR_FREE_OFFSET >> geo->block_log;
	bool is_index = fileoff >= leaf && fileoff < free;

	crc32c_block_seal(block_at(fileoff), geo->dirblock_bytes,
			  is_index ? offsetof(struct disk_da_info, crc) : offsetof(struct disk_dir_header, crc));
}

static void put(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

/* What the check says, with "DIR" for the directory, and without the blocks of the device. */
static const char *heard(void)
{
	static char text[sizeof(c.said)];
	const char *from = fsck_case_run(&c);
	char own[40], *to = text;
	int len = snprintf(own, sizeof(own), " ino %llu", (unsigned long long)dir);

	ck_assert(c.whole);
	while (*from) {
		if (strncmp(from, " group ", 7) == 0) {
			from += 7 + strspn(from + 7, "0123456789");
			if (strncmp(from, " block ", 7) == 0)
				from += 7 + strspn(from + 7, "0123456789+");
		} else if (strncmp(from, own, (size_t)len) == 0 && !strchr("0123456789", from[len])) {
			to += sprintf(to, " DIR");
			from += len;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return text;
}

#define expect(text) ck_assert_str_eq(heard(), text)

/* ------------------------------------------------------------------ one field */

static const struct lie {
	const char *path;
	uint64_t fileoff;
	uint32_t at, bytes;
	uint64_t value;
	const char *expected;
} lies[] = {
/* clang-format off */
#define DATA(member) offsetof(struct disk_dir_data, member)
#define LEAF(member) offsetof(struct disk_dir_leaf, member)
#define NODE(member) offsetof(struct disk_da_node, member)
#define FREE(member) offsetof(struct disk_dir_free, member)
#define TAIL(member) (4096 - 8 + offsetof(struct disk_dir_block_tail, member))
#define ENTRY(i) (64 + 32 + 24 * (i))
#define LEAF_ENTRY(i) (64 + 8 * (i))
	/* headers */
	{"dirs/block", 0, DATA(header.magic), 4, 0,
		"DIR_BLOCK DIR data at 0 (bad magic number)\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, DATA(header.magic), 4, DIR_DATA_MAGIC,
		"DIR_FORM DIR data at 0 magic found 1480868915\n"},
	{"dirs/block", 0, DATA(header.owner), 8, 1,
		"DIR_BLOCK DIR data at 0 (wrong owner)\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, DATA(header.lsn), 8, 0x7000000000000000,
		"LSN_AHEAD DIR data at 0 lsn 4294969174!=8070450532247928832\n"},
	{"dirs/leaf", 1, DATA(header.blkno), 8, 1,
		"DIR_BLOCK DIR data at 1 (wrong own address)\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/leaf", 1, DATA(header.uuid), 1, 0,
		"DIR_BLOCK DIR data at 1 (UUID of another file system)\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/leaf", 0, DATA(header.magic), 4, DIR_BLOCK_MAGIC,
		"DIR_FORM DIR data at 0 magic found 1480868403\n"},
	/* entries */
	{"dirs/block", 0, 64, 8, 131,
		"DIR_DOT DIR data at 0 inumber 98049!=131\n"},
	{"dirs/block", 0, 64 + 10, 1, DIR_FTYPE_FILE,
		"DIR_DOT DIR data at 0 ftype 2!=1\n"},
	{"dirs/block", 0, 64, 8, UINT64_MAX >> 8,
		"DIR_ENTRY_INODE DIR data at 0 other 72057594037927935 '.' inumber found 72057594037927935\n"},
	{"dirs/block", 0, 80 + 11, 1, DIR_FTYPE_FILE,
		"DIR_DOTDOT_ENTRY DIR data at 0 ftype 2!=1\n"},
	{"dirs/block", 0, 80, 8, UINT64_MAX >> 8,
		"DIR_ENTRY_INODE DIR data at 0 other 72057594037927935 '..' inumber found 72057594037927935\n"},
	{"dirs/block", 0, 64 + 9, 1, ',',
		"DIR_ENTRY_INODE DIR data at 0 other 98049 ',' inumber found 98049\n"
		"DIR_DOT DIR data at 0 count 1!=0\n"
		"DIR_INDEX_HASH DIR data at 0 other 98049 ',' hashval 44!=46\n"
		"DIR_TWO_NAMES DIR data other 98049 ',' x 2\n"
		"LINK_COUNT DIR nlink 3!=2\n"},
	{"dirs/block", 0, ENTRY(5), 8, UINT64_MAX >> 8,
		"DIR_ENTRY_INODE DIR data at 0 other 72057594037927935 'block-00005' inumber found 72057594037927935\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, ENTRY(5), 8, 98049,
		"DIR_ENTRY_INODE DIR data at 0 other 98049 'block-00005' inumber found 98049\n"
		"ENTRY_TYPE DIR data other 98049 'block-00005' ftype 2!=1\n"
		"LINK_COUNT ino 132 nlink 1955!=1956\n"
		"DIR_TWO_NAMES DIR data other 98049 'block-00005' x 2\n"},
	{"dirs/block", 0, ENTRY(5) + 9, 1, '/',
		"DIR_ENTRY_NAME DIR data at 0 other 132 '/lock-00005'\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, ENTRY(5) + 9, 1, 'c',
		"DIR_INDEX_HASH DIR data at 0 other 132 'clock-00005' hashval 1774955944!=1774956008\n"},
	{"dirs/block", 0, ENTRY(5) + 20, 1, 9,
		"DIR_ENTRY_TYPE DIR data at 0 other 132 'block-00005' ftype found 9\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, ENTRY(60) + 8, 1, 30,
		"DIR_ENTRIES_LOST DIR data at 0 offset found 1536\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, ENTRY(60) + 22, 2, 0,
		"DIR_ENTRIES_LOST DIR data at 0 offset found 1536\n"
		"INODE_NO_NAME x 1 follows\n"},
	/* unused space */
	{"dirs/block", 0, DATA(bestfree[0].length), 2, 0x780,
		"DIR_BESTFREE DIR data at 0 bestfree[0].length 1928!=1920\n"},
	{"dirs/block", 0, DATA(bestfree[0].offset), 2, 0x668,
		"DIR_BESTFREE DIR data at 0 bestfree[0].offset found 1640\n"},
	{"dirs/block", 0, DATA(bestfree[1].offset), 2, 8,
		"DIR_BESTFREE DIR data at 0 bestfree[1].offset 0!=8\n"},
	{"dirs/block", 0, DATA(bestfree[2].length), 2, 8,
		"DIR_BESTFREE DIR data at 0 bestfree[2].length 0!=8\n"},
	{"dirs/block", 0, 0x660 + 2, 2, 0x780,
		"DIR_ENTRIES_LOST DIR data at 0 offset found 1632\n"},
	{"dirs/block", 0, 0x660 + 0x786, 2, 0x668,
		"DIR_ENTRIES_LOST DIR data at 0 offset found 1632\n"},
	/* the index of the block form */
	{"dirs/block", 0, TAIL(count), 4, 65,
		"DIR_ENTRIES_LOST DIR data at 0 offset found 3560\n"
		"DIR_INDEX_MISSING DIR data at 0 other 98049 '.'\n"},
	{"dirs/block", 0, TAIL(count), 4, 4096,
		"DIR_BLOCK DIR data at 0 (impossible count)\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/block", 0, TAIL(stale), 4, 1,
		"DIR_INDEX_BLOCK DIR data at 0 (impossible count)\n"},
	{"dirs/block", 0, 4096 - 8 - 66 * 8, 4, UINT32_MAX,
		"DIR_INDEX_BLOCK DIR data at 0 (out of order)\n"
		"DIR_INDEX_HASH DIR data at 0 other 98049 '.' hashval 46!=4294967295\n"},
	{"dirs/block", 0, 4096 - 8 - 66 * 8 + 4, 4, 9,
		"DIR_INDEX_MISSING DIR data at 0 other 98049 '.'\n"
		"DIR_INDEX_EXTRA DIR data at 0 address found 9\n"},
	{"dirs/block", 0, 4096 - 8 - 66 * 8, 4, 0,
		"DIR_INDEX_HASH DIR data at 0 other 98049 '.' hashval 46!=0\n"},
	/* leaves */
	{"dirs/leaf", L, LEAF(info.magic), 2, DIR_LEAFN_MAGIC,
		"DIR_FORM DIR data at 8388608 magic found 15871\n"},
	{"dirs/leaf", L, LEAF(info.magic), 2, 0,
		"DIR_INDEX_BLOCK DIR data at 8388608 (bad magic number)\n"},
	{"dirs/leaf", L, LEAF(info.pad), 2, 1,
		"DIR_PAD DIR data at 8388608 info.pad 0!=1\n"},
	{"dirs/leaf", L, LEAF(pad), 4, 1,
		"DIR_PAD DIR data at 8388608 pad 0!=1\n"},
	{"dirs/leaf", L, LEAF(info.forw), 4, L + 1,
		"DIR_INDEX_SIBLING DIR data at 8388608 info.forw 0!=8388609\n"},
	{"dirs/leaf", L, LEAF(info.back), 4, L,
		"DIR_INDEX_SIBLING DIR data at 8388608 info.back 0!=8388608\n"},
	{"dirs/leaf", L, LEAF(stale), 2, 67,
		"DIR_INDEX_BLOCK DIR data at 8388608 (impossible count)\n"},
	{"dirs/leaf", L, LEAF(info.lsn), 8, 0x7000000000000000,
		"LSN_AHEAD DIR data at 8388608 lsn 4294969174!=8070450532247928832\n"},
	{"dirs/leaf", L, LEAF_ENTRY(0), 4, 0x2d,
		"DIR_INDEX_HASH DIR data at 0 other 134 '.' hashval 46!=45\n"},
	{"dirs/leaf", L, LEAF_ENTRY(0) + 4, 4, 1u << 31,
		"DIR_INDEX_MISSING DIR data at 0 other 134 '.'\n"
		"DIR_INDEX_EXTRA DIR data at 4194304 address found 2147483648\n"},
	{"dirs/leaf", L, LEAF_ENTRY(2) + 4, 4, 8,
		"DIR_INDEX_EXTRA DIR data at 0 address found 8\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'leaf-00229'\n"},
	{"dirs/leaf", L, 4096 - 4, 4, 2,
		"DIR_BEST DIR data at 8388608 bests 96!=0 id 0\n"
		"DIR_BEST DIR data at 8388608 bests 0!=3864 id 1\n"
		"DIR_BEST DIR data at 8388608 bests id 2\n"},
	{"dirs/leaf", L, 4096 - 4, 4, 4,
		"DIR_BEST DIR data at 8388608 bests 96!=0 id 0\n"
		"DIR_BEST DIR data at 8388608 bests 0!=96 id 1\n"
		"DIR_BEST DIR data at 8388608 bests 3864!=0 id 2\n"
		"DIR_BEST DIR data at 8388608 bests 65535!=3864 id 3\n"},
	{"dirs/leaf", L, 4096 - 10, 2, 0x58,
		"DIR_BEST DIR data at 8388608 bests 96!=88 id 0\n"},
	{"dirs/leaf", L, 4096 - 8, 2, DIR_BEST_NULL,
		"DIR_BEST DIR data at 8388608 bests 0!=65535 id 1\n"},
	/* nodes */
	{"dirs/node", L, NODE(info.magic), 2, DIR_LEAF1_MAGIC,
		"DIR_INDEX_BLOCK DIR data at 8388608 (impossible count)\n"},
	{"dirs/node", L, NODE(info.back), 4, L + 2,
		"DIR_INDEX_SIBLING DIR data at 8388608 info.back 0!=8388610\n"},
	{"dirs/node", L, NODE(level), 2, 2,
		"DIR_INDEX_LEVEL DIR data at 8388610 level 1!=0\n"
		"DIR_INDEX_LEVEL DIR data at 8388611 level 1!=0\n"
		"DIR_INDEX_LEVEL DIR data at 8388609 level 1!=0\n"},
	{"dirs/node", L, NODE(level), 2, 0,
		"DIR_INDEX_BLOCK DIR data at 8388608 (wrong level)\n"},
	{"dirs/node", L, NODE(count), 2, 2,
		"DIR_INDEX_SIBLING DIR data at 8388611 info.forw 0!=8388609\n"
		"DIR_INDEX_UNREACHED DIR data at 8388609\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00000'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00001'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00002'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00003'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00004'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00005'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00006'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00007'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00008'\n"
		"DIR_INDEX_MISSING DIR data at 0 other 132 'node-00009'\n"
		"DIR_INDEX_MISSING DIR data x 466\n"},
	{"dirs/node", L, NODE(pad), 4, 1,
		"DIR_PAD DIR data at 8388608 pad 0!=1\n"},
	{"dirs/node", L, LEAF_ENTRY(0), 4, 0x69c48fec,
		"DIR_INDEX_KEY DIR data at 8388608 hashval 1774489579!=1774489580\n"},
	{"dirs/node", L, LEAF_ENTRY(0) + 4, 4, L + 3,
		"DIR_INDEX_SIBLING DIR data at 8388611 info.back 0!=8388610\n"
		"DIR_INDEX_KEY DIR data at 8388608 hashval 1774538093!=1774489579\n"
		"DIR_INDEX_POINTER DIR data at 8388608 before found 8388611\n"},
	{"dirs/node", L, LEAF_ENTRY(2) + 4, 4, L + 4,
		"DIR_INDEX_POINTER DIR data at 8388608 before found 8388612\n"},
	{"dirs/node", L, LEAF_ENTRY(2) + 4, 4, L,
		"DIR_INDEX_POINTER DIR data at 8388608 before found 8388608\n"},
	{"dirs/node", L + 3, LEAF(info.back), 4, L + 1,
		"DIR_INDEX_SIBLING DIR data at 8388611 info.back 8388610!=8388609\n"},
	{"dirs/node", L + 3, LEAF(info.forw), 4, 0,
		"DIR_INDEX_SIBLING DIR data at 8388611 info.forw 8388609!=0\n"},
	{"dirs/node", L + 1, LEAF(info.forw), 4, L,
		"DIR_INDEX_SIBLING DIR data at 8388609 info.forw 0!=8388608\n"},
	{"dirs/node", L + 3, LEAF(info.magic), 2, DIR_LEAF1_MAGIC,
		"DIR_FORM DIR data at 8388611 magic found 15857\n"},
	{"dirs/node", L + 3, LEAF(info.magic), 2, 0,
		"DIR_INDEX_BLOCK DIR data at 8388611 (bad magic number)\n"},
	{"dirs/node", L + 3, LEAF_ENTRY(0), 4, 0,
		"DIR_INDEX_ORDER DIR data at 8388611 hashval found 0\n"
		"DIR_INDEX_HASH DIR data at 2 other 132 'node-00450' hashval 1774489580!=0\n"},
	{"dirs/node", L + 3, LEAF(count), 2, 0,
		"DIR_INDEX_KEY DIR data at 8388608 hashval 0!=1774538093\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00200'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00201'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00202'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00203'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00204'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00205'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00206'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00207'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00208'\n"
		"DIR_INDEX_MISSING DIR data at 1 other 132 'node-00209'\n"
		"DIR_INDEX_MISSING DIR data x 242\n"},
	/* the free index */
	{"dirs/node", F, FREE(header.magic), 4, 0,
		"DIR_FREE_BLOCK DIR data at 16777216 (bad magic number)\n"},
	{"dirs/node", F, FREE(header.lsn), 8, 0x7000000000000000,
		"LSN_AHEAD DIR data at 16777216 lsn 4294969174!=8070450532247928832\n"},
	{"dirs/node", F, FREE(firstdb), 4, 1,
		"DIR_FREE_BLOCK DIR data at 16777216 (out of range)\n"},
	{"dirs/node", F, FREE(nvalid), 4, 6,
		"DIR_FREE_BLOCK DIR data at 16777216 (impossible count)\n"},
	{"dirs/node", F, FREE(nused), 4, 6,
		"DIR_FREE_BLOCK DIR data at 16777216 (impossible count)\n"},
	{"dirs/node", F, FREE(pad), 4, 1,
		"DIR_PAD DIR data at 16777216 pad 0!=1\n"},
	{"dirs/node", F, 64 + 2 * 6, 2, 0xe08,
		"DIR_BEST DIR data at 16777216 bests 3600!=3592 id 6\n"},
	/* clang-format on */
};

START_TEST(one_field)
{
	const struct lie *lie = &lies[_i];

	open_dir("norm", lie->path);
	put(block_at(lie->fileoff) + lie->at, lie->bytes, lie->value);
	seal(lie->fileoff);
	expect(lie->expected);
}
END_TEST

/* ------------------------------------------------------------------ names twice */

/* Two names of one hash: the index cannot tell. */
START_TEST(twice_in_index)
{
	uint8_t *block;

	open_dir("small", "dirs/collisions");
	block = block_at(4);
	/* names of 64 bytes take 80 */
	memcpy(block + 64 + 80 + 9, block + 64 + 9, 64);
	seal(4);
	expect("DIR_NAME_TWICE DIR data at 4 '0000000000000000000000000000005000000000000000000000000000000050'\n");
}
END_TEST

/* The same where the index is no help, and the second is in another block. */
START_TEST(twice_without_index)
{
	uint8_t *first, *second;

	open_dir("norm", "dirs/node");
	first = block_at(1);
	second = block_at(3);
	memcpy(second + 64 + 9, first + 64 + 9, 10);
	put(block_at(L), 2, 1);
	crc32c_block_seal(second, 4096, offsetof(struct disk_dir_header, crc));
	expect("DIR_INDEX_BLOCK DIR data at 8388608 (bad checksum)\n"
	       "DIR_NAME_TWICE DIR data at 3 'node-00166'\n");
}
END_TEST

START_TEST(twice_short)
{
	struct fsck_entry entry;

	open_dir("norm", "dirs/short");
	entry = fsck_case_entry(&c, dir, "s-00003");
	entry.ftype[-1] = '1';
	fsck_case_seal_inode(&c, dir);
	expect("DIR_NAME_TWICE DIR 's-00001'\n");
}
END_TEST

/* ------------------------------------------------------------------ unused space */

START_TEST(not_joined)
{
	uint8_t *block;

	open_dir("norm", "dirs/block");
	block = block_at(0);
	/* of 0x788 bytes at 0x660 the first 16 by themselves */
	put(block + 0x660 + 2, 2, 16);
	put(block + 0x660 + 14, 2, 0x660);
	put(block + 0x670, 2, DIR_FREE_TAG);
	put(block + 0x670 + 2, 2, 0x778);
	put(block + 0x660 + 0x786, 2, 0x670);
	put(block + offsetof(struct disk_dir_data, bestfree[0]), 4, 0x670 << 16 | 0x778);
	put(block + offsetof(struct disk_dir_data, bestfree[1]), 4, 0x660 << 16 | 16);
	seal(0);
	expect("DIR_FREE_NOT_JOINED DIR data at 0 offset found 1648\n");
}
END_TEST

/* ------------------------------------------------------------------ what is mapped */

/* Changes where an extent lies in the file. */
static void move(unsigned i, uint64_t fileoff)
{
	struct disk_bmap_rec *records = (struct disk_bmap_rec *)(fsck_case_inode(&c, dir) + 1);
	struct field_table table = bmap_rec_table;

	for (unsigned k = 0; k < table.count; k++)
		if (strcmp(table.fields[k].name, "startoff") == 0)
			field_set(&table.fields[k], &records[i], 0, fileoff);
	fsck_case_seal_inode(&c, dir);
}

static const struct moved {
	const char *path;
	unsigned extent;
	uint64_t fileoff;
	const char *expected;
} moves[] = {
	/* clang-format off */
	{"dirs/block", 0, 1, 
		"DIR_FIRST_BLOCK DIR data at 0\n"
		"DIR_SIZE DIR data size 8192!=4096\n"
		"DIR_BLOCK DIR data at 1 (bad magic number)\n"
		"INODE_NO_NAME x 1 follows\n"},
	{"dirs/leaf", 3, L + 1, 
		"DIR_INDEX_UNREACHED DIR data at 8388608\n"
		"DIR_FREE_MISSING DIR data at 16777216\n"},
	{"dirs/leaf", 3, F, 
		"DIR_INDEX_UNREACHED DIR data at 8388608\n"
		"DIR_FREE_BLOCK DIR data at 16777216 (bad magic number)\n"},
	{"dirs/leaf", 2, 7, 
		"DIR_SIZE DIR data size 32768!=12288\n"
		"DIR_BEST DIR data at 8388608 bests 65535!=3864 id 2\n"
		"DIR_BEST DIR data at 8388608 bests id 7\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1032\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1035\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1038\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1041\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1044\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1047\n"
		"DIR_INDEX_EXTRA DIR data at 2 address found 1050\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00334'\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00335'\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00336'\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00337'\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00338'\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00339'\n"
		"DIR_INDEX_MISSING DIR data at 7 other 132 'leaf-00340'\n"},
	{"dirs/node", 9, F + 1, 
		"DIR_FREE_MISSING DIR data at 16777216\n"
		"DIR_FREE_BLOCK DIR data at 16777217 (out of range)\n"},
	{"dirs/node", 8, L + 4, 
		"DIR_INDEX_POINTER DIR data at 8388608 before found 8388611\n"},
	/* clang-format on */
};

START_TEST(moved)
{
	open_dir("norm", moves[_i].path);
	move(moves[_i].extent, moves[_i].fileoff);
	expect(moves[_i].expected);
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		const char *path;
		uint64_t size;
		const char *expected;
	} cases[] = {
		{"dirs/short", 80,
		 "DIR_SHORT_BROKEN DIR namelen x 1\n"
		 "INODE_NO_NAME x 1 follows\n"},
		{"dirs/short", 82, "DIR_SIZE DIR data size 81!=82\n"},
		{"dirs/short", 5,
		 "DIR_SHORT_BROKEN DIR header\n"
		 "INODE_NO_NAME x 1 follows\n"},
		{"dirs/block", 8192, "DIR_SIZE DIR data size 4096!=8192\n"},
		{"dirs/leaf", 4096, "DIR_SIZE DIR data size 12288!=4096\n"},
		{"dirs/node", 7 * 4096 + 1,
		 "INODE_SIZE DIR size found 28673\n"
		 "DIR_SIZE DIR data size 28672!=28673\n"},
	};

	open_dir("norm", cases[_i].path);
	fsck_case_set_inode(&c, dir, "size", cases[_i].size);
	expect(cases[_i].expected);
}
END_TEST

/* ------------------------------------------------------------------ short form */

/* The first of five entries, "s-00000" to "s-00004" of 15 bytes, is at 6. */
static const struct short_lie {
	uint32_t at, bytes;
	uint64_t value;
	const char *expected;
} short_lies[] = {
	/* clang-format off */
	{0, 1, 4, 
		"DIR_SIZE DIR data size 66!=81\n"
		"LINK_COUNT ino 132 nlink 1955!=1956\n"},
	{0, 1, 6, 
		"DIR_SHORT_BROKEN DIR namelen x 1\n"},
	{1, 1, 1, 
		"DIR_ENTRY_INODE DIR other 562758180979 '..' inumber found 562758180979\n"
		"DIR_ENTRY_NAME DIR other 3473120837144445959 '000'\n"
		"DIR_ENTRY_INODE DIR other 3473120837144445959 '000' inumber found 3473120837144445959\n"
		"DIR_ENTRY_TYPE DIR other 3473120837144445959 '000' ftype found 48\n"
		"DIR_SHORT_OFFSET DIR other 3472328296291696640 offset 12400!=49267\n"
		"DIR_ENTRY_NAME DIR other 3472328296291696640\n"
		"DIR_ENTRY_INODE DIR other 3472328296291696640 inumber found 3472328296291696640\n"
		"DIR_ENTRY_TYPE DIR other 3472328296291696640 ftype found 45\n"
		"DIR_SHORT_BROKEN DIR namelen x 3\n"
		"INODE_NO_NAME x 1 follows\n"},
	{2, 4, 0, 
		"DIR_ENTRY_INODE DIR '..' inumber found 0\n"},
	{2, 4, UINT32_MAX, 
		"DIR_ENTRY_INODE DIR other 4294967295 '..' inumber found 4294967295\n"},
	{6, 1, 255, 
		"DIR_SHORT_BROKEN DIR namelen x 5\n"
		"INODE_NO_NAME x 1 follows\n"},
	{6 + 1, 2, 88, 
		"DIR_SHORT_OFFSET DIR other 132 's-00000' offset 96!=88\n"},
	{6 + 1, 2, 97, 
		"DIR_SHORT_OFFSET DIR other 132 's-00000' offset 96!=97\n"},
	{6 + 1, 2, 96 + 8, 
		"DIR_SHORT_OFFSET DIR other 132 's-00001' offset 128!=120\n"},
	{6 + 4 * 15 + 1, 2, 192 + 8, ""},
	{6 + 4 * 15 + 1, 2, 4096 - 24, 
		"DIR_SHORT_COUNT DIR offset 4032!=4096\n"},
	{6 + 3, 1, 0, 
		"DIR_ENTRY_NAME DIR other 132 ''\n"
		"INODE_NO_NAME x 1 follows\n"},
	{6 + 10, 1, 9, 
		"DIR_ENTRY_TYPE DIR other 132 's-00000' ftype found 9\n"
		"INODE_NO_NAME x 1 follows\n"},
	{6 + 11, 4, UINT32_MAX, 
		"DIR_ENTRY_INODE DIR other 4294967295 's-00000' inumber found 4294967295\n"
		"INODE_NO_NAME x 1 follows\n"},
	{6 + 11, 4, 133, 
		"DIR_ENTRY_INODE DIR other 133 's-00000' inumber found 133\n"
		"ENTRY_TYPE DIR data other 133 's-00000' ftype 2!=1\n"
		"LINK_COUNT ino 132 nlink 1955!=1956\n"
		"DIR_TWO_NAMES DIR data other 133 's-00000' x 2\n"},
	/* clang-format on */
};

START_TEST(short_form)
{
	const struct short_lie *lie = &short_lies[_i];

	open_dir("norm", "dirs/short");
	put((uint8_t *)(fsck_case_inode(&c, dir) + 1) + lie->at, lie->bytes, lie->value);
	fsck_case_seal_inode(&c, dir);
	expect(lie->expected);
}
END_TEST

/* Eight bytes for numbers that need four. */
START_TEST(short_wide)
{
	uint8_t fork[256], *to = fork, *from;

	open_dir("norm", "dirs/short");
	from = (uint8_t *)(fsck_case_inode(&c, dir) + 1);
	put(to, 2, 5 << 8 | 1);
	put(to + 2, 8, 131);
	to += 10;
	for (from += 6; to < fork + 10 + 5 * 19; from += 15, to += 19) {
		memcpy(to, from, 11);
		put(to + 11, 8, 132);
	}
	memcpy(fsck_case_inode(&c, dir) + 1, fork, (size_t)(to - fork));
	fsck_case_set_inode(&c, dir, "size", (uint64_t)(to - fork));
	expect("DIR_SHORT_COUNT DIR i8count 0!=1\n");
}
END_TEST

/* ------------------------------------------------------------------ the fork */

static int note_block(void *arg, struct agaddr at, unsigned level)
{
	(void)level;
	*(uint8_t **)arg = c.image.bytes + geometry_block_offset(&c.fs->geo, at);
	return 0;
}

/* A directory cannot be found: that is told once, and nothing is concluded from it. */
START_TEST(lost_extents)
{
	struct fork_walker walker = {.block = note_block};
	struct disk_btree_long *leaf;
	uint8_t *block = NULL;

	open_dir("norm", "dirs/btree-fork");
	walker.arg = &block;
	ck_assert_int_eq(fork_walk(c.fs, &inode, FORK_DATA, 0, FILEOFF_MAX, &walker, NULL), 0);
	leaf = (struct disk_btree_long *)block;
	leaf->owner = be64_of(1);
	crc32c_block_seal(leaf, 4096, offsetof(struct disk_btree_long, crc));
	expect("FORK_UNREADABLE DIR data (wrong owner)\n"
	       "NOT_CHECKED blocks that nobody uses\n"
	       "NOT_CHECKED blocks that nobody uses\n"
	       "INODE_NO_NAME x 1 follows\n"
	       "INODE_NO_NAME x 1 follows\n");
}
END_TEST

/* ------------------------------------------------------------------ free index */

START_TEST(count_too_large)
{
	uint8_t *block;

	open_dir("norm", "dirs/node");
	block = block_at(F);
	put(block + offsetof(struct disk_dir_free, nvalid), 4, 8);
	put(block + 64 + 2 * 7, 2, DIR_BEST_NULL);
	seal(F);
	expect("DIR_BEST_COUNT DIR data at 16777216 nvalid 7!=8\n");
}
END_TEST

/* The second of the blocks, of names that only it is about. */
START_TEST(second_block)
{
	uint64_t second = DIR_FREE_OFFSET / 1024 + 4; /* directory blocks of four blocks */

	open_dir("small", "dirs/free-index");
	put(block_at(second) + 64, 2, 8);
	seal(second);
	expect("DIR_BEST DIR data at 67108868 bests 3768!=8 id 2016\n");
}
END_TEST

Suite *fsck_dir_suite(void);
Suite *fsck_dir_suite(void)
{
	Suite *suite = suite_create("fsck_dir");
	TCase *tc = tcase_create("lies");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, twice_in_index);
	tcase_add_test(tc, twice_without_index);
	tcase_add_test(tc, twice_short);
	tcase_add_test(tc, not_joined);
	tcase_add_loop_test(tc, moved, 0, (int)(sizeof(moves) / sizeof(moves[0])));
	tcase_add_loop_test(tc, sizes, 0, 6);
	tcase_add_loop_test(tc, short_form, 0, (int)(sizeof(short_lies) / sizeof(short_lies[0])));
	tcase_add_test(tc, short_wide);
	tcase_add_test(tc, lost_extents);
	tcase_add_test(tc, count_too_large);
	tcase_add_test(tc, second_block);
	tcase_add_loop_test(tc, one_field, 0, (int)(sizeof(lies) / sizeof(lies[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
