/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results of a scrub made by hand. Arrays point into each other by index, as check/damage/damage.h says. */
#include "unit/report/sample.h"

#include <check.h>
#include <stdlib.h>

#include "format/inode.h"

#define PATH(text) {.bytes = (char[]){text}, .len = sizeof(text) - 1, .connected = true}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off: tables */
static struct damage_path two_names[] = {PATH("/a/b.txt"), PATH("/a/hard link.txt")};
static struct damage_path evil_name[] = {PATH("/evil\n  /etc/passwd\x1b[31m\xff\\")};
static struct damage_path lost_name[] = {
	{.bytes = (char[]){"/x/y"}, .len = 4, .connected = false, .top_ino = 4711},
};
static struct damage_path directory_name[] = {PATH("/d\xc3\xa9p\xc3\xb4t")};

static struct interval first_data[] = {{0, 4096}, {16384, 24576}};
static struct interval second_data[] = {{8192, 10240}};

static struct damage_file files[] = {
	{.info = {.ino = 131, .allocated = true, .mode = INODE_MODE_FILE | 0644, .gen = 77, .nlink = 2, .size_bytes = 1257472},
	 .known = true, .paths = two_names, .path_count = 2,
	 .data = {.items = first_data, .count = 2, .room = 2}, .data_bytes = 12288, .damaged = true},
	{.info = {.ino = 140, .allocated = true, .mode = INODE_MODE_FILE | 0600, .gen = 3, .nlink = 1, .size_bytes = 10240},
	 .known = true, .paths = evil_name, .path_count = 1,
	 .data = {.items = second_data, .count = 1, .room = 1}, .data_bytes = 2048, .attribute_bytes = 4096,
	 .what = DAMAGED_ATTRIBUTES | DAMAGED_FORK_BTREE, .damaged = true},
	{.info = {.ino = 150, .allocated = true, .mode = INODE_MODE_FILE | 0600, .gen = 9, .nlink = 0, .size_bytes = 4096},
	 .known = true},
	{.info = {.ino = 160, .allocated = true, .mode = INODE_MODE_DIR | 0755, .gen = 1, .nlink = 3, .size_bytes = 4096},
	 .known = true, .paths = directory_name, .path_count = 1, .what = DAMAGED_DIRECTORY, .damaged = true},
	{.info = {.ino = 1312}, .paths = lost_name, .path_count = 1, .what = DAMAGED_INODE, .damaged = true},
	{.info = {.ino = 1400, .allocated = true, .mode = INODE_MODE_FILE, .gen = 2, .nlink = 1}, .known = true,
	 .internal = "user quota"},
};

static struct damage_owner owners[] = {
	{.file = 0, .fork = FORK_DATA, .offset_bytes = 0},
	{.file = 1, .fork = FORK_DATA, .offset_bytes = 8192, .past_eof_bytes = 2048},
	{.file = 1, .fork = FORK_ATTR, .offset_bytes = 4096},
	{.file = 1, .fork = FORK_DATA, .bmbt = true},
	{.file = 2, .fork = FORK_DATA, .unwritten = true, .offset_bytes = 0},
	{.file = 3, .fork = FORK_DATA, .offset_bytes = 0},
	{.file = 0, .fork = FORK_DATA, .offset_bytes = 16384},
	{.file = 5, .fork = FORK_DATA, .offset_bytes = 8192},
};

static struct damage_inode inodes[] = {
	{.ino = 1311}, {.ino = 1312, .allocated = true, .file = 4}, {.ino = 1313}, {.ino = 1314},
};

#define PIECE(from, to, what) .start_bytes = (from), .end_bytes = (to), .code = DAMAGE_##what

static struct damage_piece pieces[] = {
	{PIECE(0, 512, SUPERBLOCK), .in_group = true},
	{PIECE(1257472, 1261568, SHARED_DATA), .in_group = true, .owner = 0, .owner_count = 2},
	{PIECE(1261568, 1265664, ATTRIBUTES), .in_group = true, .owner = 2, .owner_count = 1},
	{PIECE(1265664, 1269760, FORK_BTREE), .in_group = true, .owner = 3, .owner_count = 1},
	{PIECE(20000000, 20004096, UNWRITTEN), .in_group = true, .agno = 1, .owner = 4, .owner_count = 1},
	{PIECE(20004096, 20008192, DIRECTORY), .in_group = true, .agno = 1, .owner = 5, .owner_count = 1},
	{PIECE(20008192, 20016384, DATA), .in_group = true, .agno = 1, .owner = 6, .owner_count = 1},
	{PIECE(20016384, 20018432, INODES), .in_group = true, .agno = 1, .inode = 0, .inode_count = 4},
	{PIECE(20018432, 20022528, QUOTA), .in_group = true, .agno = 1, .owner = 7, .owner_count = 1},
	{PIECE(20022528, 20026624, FREE), .in_group = true, .agno = 1},
	{PIECE(4294967296, 4294967297, OUTSIDE)},
};

static struct damage_range ranges[] = {
	{.start_bytes = 0, .end_bytes = 512, .piece = 0, .piece_count = 1},
	{.start_bytes = 1257472, .end_bytes = 1269760, .piece = 1, .piece_count = 3},
	{.start_bytes = 20000000, .end_bytes = 20026624, .piece = 4, .piece_count = 6},
	{.start_bytes = 4294967296, .end_bytes = 4294967297, .piece = 10, .piece_count = 1},
};

static size_t by_damage[] = {0, 1, 3, 4};

static struct damage_note notes[] = {
	{.doubt = DOUBT_BADBLOCKS_FULL, .why = {.code = ERR_NOT_FOUND, .text = "the list is full"}},
	{.doubt = DOUBT_OWNERS, .has_range = true, .start_bytes = 1269760, .end_bytes = 1273856,
	 .why = {.code = ERR_CORRUPT, .flaw = FLAW_CRC, .has_offset = true, .offset_bytes = 8192, .text = "rmapbt block: bad checksum"}},
	{.doubt = DOUBT_PATHS, .ino = 160, .why = {.code = ERR_MEDIA}},
};

#define UUID_BYTES {{0x7d, 0x9a, 0x1c, 0x3e, 0x5b, 0x0e, 0x4a, 0x5c, 0x9d, 0x5f, 0x3a, 0x2f, 0x2f, 0x6b, 0x6c, 0x11}}
#define GEOMETRY {.block_bytes = 4096, .block_log = 12, .ag_count = 4, .blocks = 1048576, .uuid = UUID_BYTES, .label = "scratch"}

static struct scrub_result rich = {
	.device = (char[]){"/dev/pmem0"},
	.geo = GEOMETRY,
	.owners_from = "rmapbt",
	.journal_known = true,
	.journal = {.condition = JOURNAL_DIRTY, .dirty_records = 3, .dirty_bytes = 6144},
	.bad_from = BAD_FROM_SYSFS | BAD_FROM_MEDIA,
	.media_bytes = 3221225472,
	.damage = {
		.ranges = ranges, .range_count = COUNT(ranges), .pieces = pieces, .piece_count = COUNT(pieces),
		.owners = owners, .owner_count = COUNT(owners), .inodes = inodes, .inode_count = COUNT(inodes),
		.files = files, .file_count = COUNT(files), .by_damage = by_damage, .by_damage_count = COUNT(by_damage),
		.notes = notes, .note_count = COUNT(notes), .notes_left_out = 7,
		.totals = {.ranges = 4, .bad_bytes = 39425, .damaged_files = 4, .damaged_file_bytes = 18432,
			   .bytes = {[DAMAGE_FREE] = 4096, [DAMAGE_DATA] = 8192, [DAMAGE_SHARED_DATA] = 4096,
				     [DAMAGE_SUPERBLOCK] = 512},
			   .pieces = {[DAMAGE_FREE] = 1, [DAMAGE_DATA] = 1, [DAMAGE_SHARED_DATA] = 1,
				      [DAMAGE_SUPERBLOCK] = 1}},
		.files_hurt = true, .metadata_hurt = true,
	},
};

static struct scrub_result clean = {
	.device = (char[]){"/dev/pmem0p1"},
	.mount_point = (char[]){"/srv/\tdata"},
	.geo = GEOMETRY,
	.owners_from = "getfsmap",
};

static struct scrub_result spare = {
	.device = (char[]){"odd\"\\\n\xff.img"},
	.geo = {.block_bytes = 1024, .block_log = 10, .ag_count = 1, .blocks = 16384, .label = "twelve\xfftwelv"},
	.owners_from = "forks",
	.slow = true,
	.sb_agno = 2,
	.sb_error = {.code = ERR_CORRUPT, .flaw = FLAW_CRC, .has_offset = true, .text = "superblock: bad checksum"},
	.journal_known = true,
	.journal = {.condition = JOURNAL_DAMAGED, .why = {.code = ERR_CORRUPT, .flaw = FLAW_LOOP}},
	.bad_from = BAD_FROM_FILE | BAD_FROM_OPTIONS,
	.damage = {.ranges = &ranges[3], .range_count = 1, .pieces = pieces, .piece_count = COUNT(pieces),
		   .totals = {.ranges = 1, .bad_bytes = 1, .bytes = {[DAMAGE_OUTSIDE] = 1}, .pieces = {[DAMAGE_OUTSIDE] = 1}}},
};

/* clang-format on */

const struct scrub_result *sample_rich(void)
{
	return &rich;
}

const struct scrub_result *sample_clean(void)
{
	return &clean;
}

const struct scrub_result *sample_spare(void)
{
	return &spare;
}

char *sample_print(int (*print)(const struct scrub_result *result, FILE *out, struct error *err),
		   const struct scrub_result *result)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct error err = {0};

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(print(result, out, &err), 0);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}
