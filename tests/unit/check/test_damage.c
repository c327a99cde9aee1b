/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From owners of bad ranges to pieces, files and totals, over a view that answers from lists. */
#include "check/damage/damage.h"

#include <string.h>

#include "format/dir.h"
#include "format/inode.h"
#include "unit/check/fake_view.h"
#include "unit/runner.h"

Suite *damage_suite(void);

#define BLOCK 4096ull
#define GROUP (1024 * BLOCK)

static struct fake_view fake;
static struct interval_set bad;
static struct damage_report report;
static struct damage_options options;

static void set_up(void)
{
	fake_init(&fake);
}

static void tear_down(void)
{
	damage_report_fini(&report);
	interval_fini(&bad);
}

static void add_bad(uint64_t start, uint64_t end)
{
	ck_assert_int_eq(interval_add(&bad, start, end), 0);
}

static void find(void)
{
	struct error err = {0};

	damage_report_fini(&report);
	interval_settle(&bad);
	ck_assert_msg(damage_find(&fake.view, &bad, &options, &report, &err) == 0, "%s", err.text);
}

static void find_in(uint64_t start, uint64_t end)
{
	interval_fini(&bad);
	bad = (struct interval_set){0};
	add_bad(start, end);
	find();
}

static const struct damage_piece *expect_piece(size_t i, uint64_t start, uint64_t end, enum damage_code code)
{
	const struct damage_piece *piece = &report.pieces[i];

	ck_assert_uint_lt(i, report.piece_count);
	ck_assert_uint_eq(piece->start_bytes, start);
	ck_assert_uint_eq(piece->end_bytes, end);
	ck_assert_str_eq(damage_kinds[piece->code].name, damage_kinds[code].name);
	return piece;
}

static void expect_owner(const struct damage_piece *piece, size_t i, uint64_t ino, uint64_t offset, uint64_t past_eof)
{
	const struct damage_owner *owner = &report.owners[piece->owner + i];

	ck_assert_uint_lt(i, piece->owner_count);
	ck_assert_uint_eq(report.files[owner->file].info.ino, ino);
	ck_assert_uint_eq(owner->offset_bytes, offset);
	ck_assert_uint_eq(owner->past_eof_bytes, past_eof);
}

static const struct damage_file *file_of(uint64_t ino)
{
	for (size_t i = 0; i < report.file_count; i++)
		if (report.files[i].info.ino == ino)
			return &report.files[i];
	ck_abort_msg("no file %llu", (unsigned long long)ino);
	return NULL;
}

/* Notes but those on paths, which the fake has none of unless told. */
static size_t notes_of(enum damage_doubt doubt)
{
	size_t count = 0;

	for (size_t i = 0; i < report.note_count; i++)
		count += report.notes[i].doubt == doubt;
	return count;
}

/* ------------------------------------------------------------------ data of files */

START_TEST(cuts_owners_to_the_bad_bytes)
{
	const struct damage_piece *piece;

	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_own_file(&fake, 20, 10 * BLOCK, 20 * BLOCK, 100 * BLOCK);
	find_in(12 * BLOCK + 512, 12 * BLOCK + 1536);
	ck_assert_uint_eq(report.piece_count, 1);
	piece = expect_piece(0, 12 * BLOCK + 512, 12 * BLOCK + 1536, DAMAGE_DATA);
	expect_owner(piece, 0, 20, 102 * BLOCK + 512, 0);
	ck_assert(piece->in_group && piece->agno == 0);
	ck_assert(report.files_hurt && !report.metadata_hurt);
	ck_assert_uint_eq(file_of(20)->data.count, 1);
	ck_assert_uint_eq(file_of(20)->data.items[0].start, 102 * BLOCK + 512);
	ck_assert_uint_eq(file_of(20)->data_bytes, 1024);
}
END_TEST

START_TEST(lists_all_who_share)
{
	const struct damage_piece *piece;

	for (uint64_t ino = 20; ino < 24; ino++)
		fake_file(&fake, ino, INODE_MODE_FILE, 1 << 30);
	fake_own_file(&fake, 22, 10 * BLOCK, 14 * BLOCK, 0);
	fake_own_file(&fake, 21, 12 * BLOCK, 14 * BLOCK, 7 * BLOCK);
	/* The same file twice. */
	fake_own_file(&fake, 21, 12 * BLOCK, 14 * BLOCK, 90 * BLOCK);
	find_in(11 * BLOCK, 14 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 2);
	piece = expect_piece(0, 11 * BLOCK, 12 * BLOCK, DAMAGE_DATA);
	expect_owner(piece, 0, 22, BLOCK, 0);
	piece = expect_piece(1, 12 * BLOCK, 14 * BLOCK, DAMAGE_SHARED_DATA);
	ck_assert_uint_eq(piece->owner_count, 3);
	expect_owner(piece, 0, 21, 7 * BLOCK, 0);
	expect_owner(piece, 1, 21, 90 * BLOCK, 0);
	expect_owner(piece, 2, 22, 2 * BLOCK, 0);
	ck_assert_uint_eq(file_of(21)->data_bytes, 4 * BLOCK);
	ck_assert_uint_eq(file_of(22)->data_bytes, 3 * BLOCK);
	ck_assert_uint_eq(report.totals.damaged_file_bytes, 7 * BLOCK);
	ck_assert_uint_eq(report.totals.bytes[DAMAGE_SHARED_DATA], 2 * BLOCK);
}
END_TEST

START_TEST(ends_with_the_file)
{
	const struct damage_piece *piece;

	fake_file(&fake, 20, INODE_MODE_FILE, 10000);
	fake_own_file(&fake, 20, 50 * BLOCK, 54 * BLOCK, 0);
	find_in(51 * BLOCK, 54 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 2);
	piece = expect_piece(0, 51 * BLOCK, 53 * BLOCK, DAMAGE_DATA);
	expect_owner(piece, 0, 20, BLOCK, 12288 - 10000);
	piece = expect_piece(1, 53 * BLOCK, 54 * BLOCK, DAMAGE_PAST_EOF);
	expect_owner(piece, 0, 20, 3 * BLOCK, BLOCK);
	ck_assert_uint_eq(file_of(20)->data_bytes, 10000 - BLOCK);
	ck_assert_uint_eq(file_of(20)->data.items[0].end, 10000);
	/* In the file's last block, but behind its end. */
	find_in(52 * BLOCK + 2048, 52 * BLOCK + 2560);
	ck_assert_uint_eq(report.piece_count, 1);
	piece = expect_piece(0, 52 * BLOCK + 2048, 52 * BLOCK + 2560, DAMAGE_PAST_EOF);
	expect_owner(piece, 0, 20, 2 * BLOCK + 2048, 512);
	ck_assert(!file_of(20)->damaged && !report.files_hurt);
	ck_assert_uint_eq(report.by_damage_count, 0);
	/* One byte of the file, the rest of the sector not. */
	find_in(52 * BLOCK + 1536, 52 * BLOCK + 2048);
	piece = expect_piece(0, 52 * BLOCK + 1536, 52 * BLOCK + 2048, DAMAGE_DATA);
	expect_owner(piece, 0, 20, 2 * BLOCK + 1536, 2 * BLOCK + 2048 - 10000);
	ck_assert_uint_eq(file_of(20)->data_bytes, 10000 - 2 * BLOCK - 1536);
}
END_TEST

START_TEST(ends_for_each_who_shares)
{
	const struct damage_piece *piece;

	fake_file(&fake, 20, INODE_MODE_FILE, 5000);
	fake_file(&fake, 21, INODE_MODE_FILE, 3 * BLOCK);
	fake_own_file(&fake, 20, 50 * BLOCK, 54 * BLOCK, 0);
	fake_own_file(&fake, 21, 50 * BLOCK, 54 * BLOCK, 0);
	find_in(50 * BLOCK, 54 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 2);
	piece = expect_piece(0, 50 * BLOCK, 53 * BLOCK, DAMAGE_SHARED_DATA);
	expect_owner(piece, 0, 20, 0, 3 * BLOCK - 5000);
	expect_owner(piece, 1, 21, 0, 0);
	piece = expect_piece(1, 53 * BLOCK, 54 * BLOCK, DAMAGE_PAST_EOF);
	expect_owner(piece, 0, 20, 3 * BLOCK, BLOCK);
	expect_owner(piece, 1, 21, 3 * BLOCK, BLOCK);
	ck_assert_uint_eq(file_of(20)->data_bytes, 5000);
	ck_assert_uint_eq(file_of(21)->data_bytes, 3 * BLOCK);
}
END_TEST

START_TEST(loses_nothing_unwritten)
{
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_own_file(&fake, 20, 50 * BLOCK, 52 * BLOCK, 0)->unwritten = true;
	fake_own_file(&fake, 20, 52 * BLOCK, 54 * BLOCK, 2 * BLOCK);
	find_in(50 * BLOCK, 54 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 2);
	ck_assert(report.owners[expect_piece(0, 50 * BLOCK, 52 * BLOCK, DAMAGE_UNWRITTEN)->owner].unwritten);
	expect_piece(1, 52 * BLOCK, 54 * BLOCK, DAMAGE_DATA);
	ck_assert_uint_eq(file_of(20)->data_bytes, 2 * BLOCK);
}
END_TEST

/* Two files share the bytes; for the one they are unwritten, for the other past its end. */
START_TEST(hurts_nobody_for_different_reasons)
{
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_file(&fake, 21, INODE_MODE_FILE, 1);
	fake_own_file(&fake, 20, 50 * BLOCK, 51 * BLOCK, 0)->unwritten = true;
	fake_own_file(&fake, 21, 50 * BLOCK, 51 * BLOCK, BLOCK);
	find_in(50 * BLOCK, 51 * BLOCK);
	expect_piece(0, 50 * BLOCK, 51 * BLOCK, DAMAGE_PAST_EOF);
	ck_assert(!report.files_hurt);
	ck_assert_uint_eq(report.by_damage_count, 0);
}
END_TEST

/* ------------------------------------------------------------------ other things that files own */

static const struct {
	uint32_t mode;
	enum fork_kind fork;
	bool bmbt;
	uint64_t offset;
	enum damage_code code;
	unsigned what;
} parts[] = {
	{INODE_MODE_DIR, FORK_DATA, false, 0, DAMAGE_DIRECTORY, DAMAGED_DIRECTORY},
	{INODE_MODE_DIR, FORK_DATA, false, DIR_LEAF_OFFSET - BLOCK, DAMAGE_DIRECTORY, DAMAGED_DIRECTORY},
	{INODE_MODE_DIR, FORK_DATA, false, DIR_LEAF_OFFSET, DAMAGE_DIRECTORY_INDEX, DAMAGED_DIRECTORY},
	{INODE_MODE_DIR, FORK_DATA, false, 2 * DIR_LEAF_OFFSET, DAMAGE_DIRECTORY_INDEX, DAMAGED_DIRECTORY},
	{INODE_MODE_LINK, FORK_DATA, false, 0, DAMAGE_SYMLINK, DAMAGED_SYMLINK},
	{INODE_MODE_FILE, FORK_ATTR, false, 0, DAMAGE_ATTRIBUTES, DAMAGED_ATTRIBUTES},
	{INODE_MODE_DIR, FORK_ATTR, false, 0, DAMAGE_ATTRIBUTES, DAMAGED_ATTRIBUTES},
	{INODE_MODE_FILE, FORK_DATA, true, 0, DAMAGE_FORK_BTREE, DAMAGED_FORK_BTREE},
	{INODE_MODE_FILE, FORK_ATTR, true, 0, DAMAGE_FORK_BTREE, DAMAGED_FORK_BTREE},
	{INODE_MODE_LINK, FORK_DATA, true, 0, DAMAGE_FORK_BTREE, DAMAGED_FORK_BTREE},
};

START_TEST(names_what_a_file_owns)
{
	struct owner *owner;

	fake_file(&fake, 20, parts[_i].mode, 100);
	owner = fake_own_file(&fake, 20, 50 * BLOCK, 51 * BLOCK, parts[_i].offset);
	owner->fork = parts[_i].fork;
	owner->bmbt = parts[_i].bmbt;
	find_in(50 * BLOCK, 51 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 1);
	expect_piece(0, 50 * BLOCK, 51 * BLOCK, parts[_i].code);
	ck_assert_uint_eq(file_of(20)->what, parts[_i].what);
	ck_assert(file_of(20)->damaged);
	ck_assert_uint_eq(file_of(20)->data_bytes, 0);
	ck_assert_uint_eq(file_of(20)->attribute_bytes, parts[_i].code == DAMAGE_ATTRIBUTES ? BLOCK : 0);
}
END_TEST

START_TEST(knows_internal_files)
{
	static const struct {
		uint64_t ino;
		enum damage_code code;
		const char *name;
	} internals[] = {{30, DAMAGE_QUOTA, "user quota"},
			 {31, DAMAGE_QUOTA, "group quota"},
			 {32, DAMAGE_QUOTA, "project quota"},
			 {33, DAMAGE_INTERNAL_FILE, "realtime bitmap"},
			 {34, DAMAGE_INTERNAL_FILE, "realtime summary"}};

	for (uint64_t i = 0; i < 3; i++)
		fake.view.geo.quota_ino[i] = 30 + i;
	fake.view.geo.rtbitmap_ino = 33;
	fake.view.geo.rtsummary_ino = 34;
	for (uint64_t i = 0; i < 5; i++) {
		fake_file(&fake, 30 + i, INODE_MODE_FILE, 0);
		fake_own_file(&fake, 30 + i, (50 + i) * BLOCK, (51 + i) * BLOCK, 0);
	}
	find_in(50 * BLOCK, 55 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 5);
	for (uint64_t i = 0; i < 5; i++) {
		expect_piece(i, (50 + i) * BLOCK, (51 + i) * BLOCK, internals[i].code);
		ck_assert_str_eq(file_of(30 + i)->internal, internals[i].name);
		ck_assert(!file_of(30 + i)->damaged); /* of no user */
	}
	ck_assert(report.metadata_hurt && !report.files_hurt);
	ck_assert_uint_eq(fake.path_ino_count, 0);
}
END_TEST

START_TEST(says_the_likely_of_an_unreadable_file)
{
	fake_file(&fake, 20, INODE_MODE_DIR, 0);
	fake.files[0].rc = ERR_CORRUPT;
	fake_own_file(&fake, 20, 50 * BLOCK, 51 * BLOCK, 0);
	options.no_paths = true;
	find_in(50 * BLOCK, 51 * BLOCK);
	expect_piece(0, 50 * BLOCK, 51 * BLOCK, DAMAGE_DATA);
	ck_assert(!file_of(20)->known);
	ck_assert_uint_eq(file_of(20)->data_bytes, BLOCK);
	ck_assert_uint_eq(report.note_count, 1);
	ck_assert_int_eq(report.notes[0].doubt, DOUBT_FILE);
	ck_assert_uint_eq(report.notes[0].ino, 20);
	/* Where the inode itself is among the bad bytes that needs no saying: inode 20 is in block 2. */
	fake.files[0].rc = ERR_MEDIA;
	interval_fini(&bad);
	bad = (struct interval_set){0};
	add_bad(2 * BLOCK + 4 * 512, 2 * BLOCK + 5 * 512);
	add_bad(50 * BLOCK, 51 * BLOCK);
	find();
	ck_assert_uint_eq(notes_of(DOUBT_FILE), 0);
}
END_TEST

/* ------------------------------------------------------------------ metadata */

START_TEST(knows_the_sectors_of_headers)
{
	static const enum damage_code codes[] = {DAMAGE_SUPERBLOCK, DAMAGE_AGF, DAMAGE_AGI, DAMAGE_AGFL};

	for (uint64_t agno = 0; agno < 2; agno++) {
		uint64_t start = agno * GROUP;

		fake_own(&fake, OWNER_AG_HEADER, start, start + BLOCK);
		find_in(start, start + BLOCK);
		ck_assert_uint_eq(report.piece_count, 5);
		for (uint64_t i = 0; i < 4; i++)
			expect_piece(i, start + i * 512, start + (i + 1) * 512,
				     i == 0 && agno == 1 ? DAMAGE_SUPERBLOCK_COPY : codes[i]);
		expect_piece(4, start + 2048, start + BLOCK, DAMAGE_AG_PADDING);
		find_in(start + 1300, start + 1400);
		ck_assert_uint_eq(report.piece_count, 1);
		ck_assert_uint_eq(expect_piece(0, start + 1300, start + 1400, DAMAGE_AGI)->agno, agno);
	}
}
END_TEST

START_TEST(tells_trees_apart)
{
	static const struct {
		enum owner_kind kind;
		enum tree_structure structure;
		enum damage_code code;
	} trees[8] = {
		{OWNER_SPACE, STRUCTURE_UNKNOWN, DAMAGE_SPACE_METADATA},
		{OWNER_SPACE, STRUCTURE_BNOBT, DAMAGE_BNOBT},
		{OWNER_SPACE, STRUCTURE_CNTBT, DAMAGE_CNTBT},
		{OWNER_SPACE, STRUCTURE_RMAPBT, DAMAGE_RMAPBT},
		{OWNER_SPACE, STRUCTURE_FREE_LIST, DAMAGE_FREE_LIST},
		{OWNER_INOBT, STRUCTURE_UNKNOWN, DAMAGE_INODE_METADATA},
		{OWNER_INOBT, STRUCTURE_INOBT, DAMAGE_INOBT},
		{OWNER_INOBT, STRUCTURE_FINOBT, DAMAGE_FINOBT},
	};

	fake_own(&fake, OWNER_SPACE, 0, 5 * BLOCK);
	fake_own(&fake, OWNER_INOBT, 5 * BLOCK, 8 * BLOCK);
	for (size_t i = 0; i < 8; i++)
		fake.structures[i] = trees[i].structure;
	find_in(0, 8 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 8);
	for (uint64_t i = 0; i < 8; i++)
		expect_piece(i, i * BLOCK, (i + 1) * BLOCK, trees[i].code);
	/* A view that cannot tell. */
	fake.ops.structure = NULL;
	find_in(0, 8 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 2);
	expect_piece(0, 0, 5 * BLOCK, DAMAGE_SPACE_METADATA);
	expect_piece(1, 5 * BLOCK, 8 * BLOCK, DAMAGE_INODE_METADATA);
}
END_TEST

START_TEST(names_what_has_one_kind)
{
	static const struct {
		enum owner_kind kind;
		enum damage_code code;
	} kinds[] = {{OWNER_FREE, DAMAGE_FREE},
		     {OWNER_LOG, DAMAGE_JOURNAL},
		     {OWNER_REFCOUNTBT, DAMAGE_REFCOUNTBT},
		     {OWNER_COW, DAMAGE_COW_STAGING},
		     {OWNER_UNKNOWN, DAMAGE_UNKNOWN}};
	size_t count = sizeof(kinds) / sizeof(kinds[0]);

	for (size_t i = 0; i < count; i++)
		fake_own(&fake, kinds[i].kind, (20 + i) * BLOCK, (21 + i) * BLOCK);
	find_in(20 * BLOCK, (20 + count) * BLOCK);
	ck_assert_uint_eq(report.piece_count, count);
	for (size_t i = 0; i < count; i++) {
		expect_piece(i, (20 + i) * BLOCK, (21 + i) * BLOCK, kinds[i].code);
		ck_assert_uint_eq(report.totals.bytes[kinds[i].code], BLOCK);
		ck_assert_uint_eq(report.totals.pieces[kinds[i].code], 1);
	}
	ck_assert_uint_eq(notes_of(DOUBT_NO_OWNER), 1);
}
END_TEST

START_TEST(ends_with_the_group_and_the_file_system)
{
	fake_own(&fake, OWNER_FREE, GROUP - 2 * BLOCK, GROUP + 2 * BLOCK);
	find_in(GROUP - BLOCK, GROUP + BLOCK);
	ck_assert_uint_eq(report.piece_count, 2);
	ck_assert_uint_eq(expect_piece(0, GROUP - BLOCK, GROUP, DAMAGE_FREE)->agno, 0);
	ck_assert_uint_eq(expect_piece(1, GROUP, GROUP + BLOCK, DAMAGE_FREE)->agno, 1);
	fake_own(&fake, OWNER_FREE, 2 * GROUP - 2 * BLOCK, 2 * GROUP);
	find_in(2 * GROUP - BLOCK, 2 * GROUP + 10 * GROUP);
	ck_assert_uint_eq(report.piece_count, 2);
	expect_piece(0, 2 * GROUP - BLOCK, 2 * GROUP, DAMAGE_FREE);
	ck_assert(!expect_piece(1, 2 * GROUP, 12 * GROUP, DAMAGE_OUTSIDE)->in_group);
	ck_assert_uint_eq(report.note_count, 0);
}
END_TEST

START_TEST(notes_what_nobody_owns)
{
	fake_own(&fake, OWNER_FREE, 20 * BLOCK, 21 * BLOCK);
	fake_own(&fake, OWNER_FREE, 25 * BLOCK, 26 * BLOCK);
	find_in(20 * BLOCK, 26 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 3);
	expect_piece(1, 21 * BLOCK, 25 * BLOCK, DAMAGE_UNKNOWN);
	ck_assert_uint_eq(report.note_count, 1);
	ck_assert_int_eq(report.notes[0].doubt, DOUBT_NO_OWNER);
	ck_assert_uint_eq(report.notes[0].start_bytes, 21 * BLOCK);
	ck_assert_uint_eq(report.notes[0].end_bytes, 25 * BLOCK);
}
END_TEST

/* ------------------------------------------------------------------ who claims what another has */

START_TEST(shows_each_kind_that_claims_the_same)
{
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_own_file(&fake, 20, 50 * BLOCK, 54 * BLOCK, 0);
	fake_own(&fake, OWNER_LOG, 51 * BLOCK, 53 * BLOCK);
	fake_own(&fake, OWNER_FREE, 50 * BLOCK, 54 * BLOCK);	/* says nothing beside others */
	fake_own(&fake, OWNER_UNKNOWN, 50 * BLOCK, 55 * BLOCK); /* nor does this */
	find_in(50 * BLOCK, 55 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 3);
	expect_piece(0, 50 * BLOCK, 54 * BLOCK, DAMAGE_DATA);
	expect_piece(1, 51 * BLOCK, 53 * BLOCK, DAMAGE_JOURNAL);
	expect_piece(2, 54 * BLOCK, 55 * BLOCK, DAMAGE_UNKNOWN);
	ck_assert_uint_eq(file_of(20)->data_bytes, 4 * BLOCK);
	ck_assert_uint_eq(report.ranges[0].piece_count, 3);
}
END_TEST

/* A source that knows less of an owner's length takes nothing away from one that knows more. */
START_TEST(believes_the_longer_of_two_sources)
{
	for (int swap = 0; swap < 2; swap++) {
		fake_init(&fake);
		fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
		fake_own_file(&fake, 20, 50 * BLOCK, (swap ? 52 : 58) * BLOCK, 0);
		fake_own_file(&fake, 20, 50 * BLOCK, (swap ? 58 : 52) * BLOCK, 0);
		find_in(50 * BLOCK, 58 * BLOCK);
		ck_assert_uint_eq(report.piece_count, 1);
		ck_assert_uint_eq(expect_piece(0, 50 * BLOCK, 58 * BLOCK, DAMAGE_DATA)->owner_count, 1);
		ck_assert_uint_eq(report.note_count, 1); /* no path */
	}
}
END_TEST

/* ------------------------------------------------------------------ inodes */

START_TEST(lists_inodes_in_bad_bytes)
{
	const struct damage_piece *piece;

	fake_own(&fake, OWNER_INODES, 8 * BLOCK, 16 * BLOCK);
	fake.chunk_first = 64; /* blocks 8 .. 15 */
	fake.chunk_present = ~0xf0ull;
	fake.chunk_allocated = 0x0d; /* the second is free */
	for (uint64_t ino = 64; ino < 68; ino++)
		fake_file(&fake, ino, INODE_MODE_FILE, 100);
	/* From the middle of the first to one byte of the fourth; the fifth has no space. */
	find_in(8 * BLOCK + 256, 8 * BLOCK + 3 * 512 + 1);
	ck_assert_uint_eq(report.piece_count, 1);
	piece = expect_piece(0, 8 * BLOCK + 256, 8 * BLOCK + 3 * 512 + 1, DAMAGE_INODES);
	ck_assert_uint_eq(piece->inode_count, 4);
	for (uint64_t i = 0; i < 4; i++) {
		const struct damage_inode *inode = &report.inodes[piece->inode + i];

		ck_assert_uint_eq(inode->ino, 64 + i);
		ck_assert_int_eq(inode->allocated, i != 1);
		if (inode->allocated)
			ck_assert_uint_eq(report.files[inode->file].what, DAMAGED_INODE);
	}
	ck_assert_uint_eq(report.by_damage_count, 3);
	find_in(8 * BLOCK + 4 * 512, 9 * BLOCK);
	ck_assert_uint_eq(expect_piece(0, 8 * BLOCK + 2048, 9 * BLOCK, DAMAGE_INODES)->inode_count, 0);
}
END_TEST

START_TEST(takes_all_inodes_for_used_if_it_cannot_know)
{
	fake_own(&fake, OWNER_INODES, 8 * BLOCK, 16 * BLOCK);
	fake.chunk_rc = ERR_CORRUPT;
	for (uint64_t ino = 64; ino < 72; ino++)
		fake_file(&fake, ino, INODE_MODE_FILE, 100);
	find_in(8 * BLOCK, 9 * BLOCK);
	ck_assert_uint_eq(report.inode_count, 8);
	ck_assert_uint_eq(notes_of(DOUBT_FILE), 1);
	ck_assert_uint_eq(report.by_damage_count, 8);
}
END_TEST

/* A chunk need not begin at a multiple of 64: before it there is none, which says nothing of what follows. */
START_TEST(finds_chunks_at_any_place)
{
	fake_own(&fake, OWNER_INODES, 8 * BLOCK, 16 * BLOCK);
	fake.chunk_first = 64 + 32;
	fake.chunk_present = fake.chunk_allocated = UINT64_MAX;
	for (uint64_t ino = 64; ino < 128; ino++)
		fake_file(&fake, ino, INODE_MODE_FILE, 100);
	find_in(8 * BLOCK, 16 * BLOCK);
	ck_assert_uint_eq(report.inode_count, 32);
	ck_assert_uint_eq(report.inodes[0].ino, 96);
}
END_TEST

/* ------------------------------------------------------------------ totals, order, notes */

START_TEST(orders_files_by_damage)
{
	static const uint64_t blocks[] = {2, 5, 0, 5, 1};

	for (uint64_t i = 0; i < 5; i++) {
		fake_file(&fake, 20 + i, INODE_MODE_FILE, 1 << 20);
		fake_own_file(&fake, 20 + i, (50 + 10 * i) * BLOCK, (60 + 10 * i) * BLOCK, 0);
		if (blocks[i] > 0)
			add_bad((50 + 10 * i) * BLOCK, (50 + 10 * i + blocks[i]) * BLOCK);
	}
	find();
	ck_assert_uint_eq(report.by_damage_count, 4);
	ck_assert_uint_eq(report.files[report.by_damage[0]].info.ino, 21);
	ck_assert_uint_eq(report.files[report.by_damage[1]].info.ino, 23);
	ck_assert_uint_eq(report.files[report.by_damage[2]].info.ino, 20);
	ck_assert_uint_eq(report.files[report.by_damage[3]].info.ino, 24);
	ck_assert_uint_eq(report.totals.ranges, 4);
	ck_assert_uint_eq(report.totals.bad_bytes, 13 * BLOCK);
	ck_assert_uint_eq(report.totals.damaged_files, 4);
	ck_assert_uint_eq(report.totals.damaged_file_bytes, 13 * BLOCK);
	ck_assert_uint_eq(report.totals.pieces[DAMAGE_DATA], 4);
}
END_TEST

START_TEST(merges_what_a_file_loses)
{
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	/* The second half of the file lies before the first; both have a block of the attribute fork between them. */
	fake_own_file(&fake, 20, 50 * BLOCK, 52 * BLOCK, 2 * BLOCK);
	fake_own_file(&fake, 20, 52 * BLOCK, 53 * BLOCK, 0)->fork = FORK_ATTR;
	fake_own_file(&fake, 20, 53 * BLOCK, 55 * BLOCK, 0);
	find_in(50 * BLOCK, 55 * BLOCK);
	ck_assert_uint_eq(report.piece_count, 3);
	ck_assert_uint_eq(file_of(20)->data.count, 1);
	ck_assert_uint_eq(file_of(20)->data_bytes, 4 * BLOCK);
	ck_assert_uint_eq(file_of(20)->attribute_bytes, BLOCK);
	ck_assert_uint_eq(report.totals.damaged_file_bytes, 5 * BLOCK);
}
END_TEST

START_TEST(keeps_a_bounded_number_of_notes)
{
	for (uint64_t i = 0; i < DAMAGE_NOTES_MAX + 7; i++)
		fake.gaps[fake.gap_count++] = (struct fake_gap){i * BLOCK, (i + 1) * BLOCK};
	/* Said twice in a row is said once. */
	fake.gaps[1] = fake.gaps[0];
	fake_own(&fake, OWNER_FREE, 0, GROUP);
	find_in(0, BLOCK);
	ck_assert_uint_eq(report.note_count, DAMAGE_NOTES_MAX);
	ck_assert_uint_eq(report.notes_left_out, 6);
	ck_assert_int_eq(report.notes[0].doubt, DOUBT_OWNERS);
	ck_assert_uint_eq(report.notes[1].start_bytes, 2 * BLOCK);
}
END_TEST

START_TEST(finds_nothing_in_nothing)
{
	find();
	ck_assert_uint_eq(report.range_count, 0);
	ck_assert_uint_eq(report.piece_count, 0);
	ck_assert(!report.files_hurt && !report.metadata_hurt);
}
END_TEST

/* ------------------------------------------------------------------ paths */

static void own_with_path(uint64_t ino, const char *path)
{
	if (path)
		fake.paths[fake.path_count++] = (struct fake_path){ino, path};
}

START_TEST(sorts_paths_and_misses_them)
{
	for (uint64_t i = 0; i < 3; i++) {
		fake_file(&fake, 20 + i, INODE_MODE_FILE, 1 << 20);
		fake_own_file(&fake, 20 + i, (50 + i) * BLOCK, (51 + i) * BLOCK, 0);
	}
	fake.files[1].info.nlink = 0; /* unlinked: has none */
	own_with_path(20, "/b");
	own_with_path(20, "/a/b");
	own_with_path(20, "/a");
	options.one_path = true;
	find_in(50 * BLOCK, 53 * BLOCK);
	ck_assert(fake.asked_one_path);
	ck_assert_uint_eq(fake.path_ino_count, 2);
	ck_assert_uint_eq(fake.path_inos[0], 20);
	ck_assert_uint_eq(fake.path_inos[1], 22);
	ck_assert_uint_eq(file_of(20)->path_count, 3);
	ck_assert_str_eq(file_of(20)->paths[0].bytes, "/a");
	ck_assert_str_eq(file_of(20)->paths[1].bytes, "/a/b");
	ck_assert_str_eq(file_of(20)->paths[2].bytes, "/b");
	ck_assert_uint_eq(file_of(20)->paths[1].len, 4);
	ck_assert_uint_eq(report.note_count, 1);
	ck_assert_int_eq(report.notes[0].doubt, DOUBT_PATHS);
	ck_assert_uint_eq(report.notes[0].ino, 22);
}
END_TEST

START_TEST(asks_for_no_paths_if_told)
{
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_own_file(&fake, 20, 50 * BLOCK, 51 * BLOCK, 0);
	fake.ops.paths = NULL;
	options.no_paths = true;
	find_in(50 * BLOCK, 51 * BLOCK);
	ck_assert_uint_eq(report.note_count, 0);
}
END_TEST

START_TEST(notes_gaps_of_paths)
{
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_own_file(&fake, 20, 50 * BLOCK, 51 * BLOCK, 0);
	own_with_path(20, "/a");
	fake.path_gaps = 1;
	find_in(50 * BLOCK, 51 * BLOCK);
	ck_assert_uint_eq(report.note_count, 1);
	ck_assert_int_eq(report.notes[0].doubt, DOUBT_PATHS);
	ck_assert_uint_eq(report.notes[0].ino, 7);
}
END_TEST

/* ------------------------------------------------------------------ the world fails */

static int find_code(void)
{
	struct error err = {0};
	int rc;

	add_bad(50 * BLOCK, 51 * BLOCK);
	rc = damage_find(&fake.view, &bad, &options, &report, &err);
	ck_assert_int_eq(err.code, rc);
	return rc;
}

START_TEST(passes_on_failures)
{
	fake_own(&fake, OWNER_INODES, 50 * BLOCK, 51 * BLOCK);
	fake_file(&fake, 20, INODE_MODE_FILE, 1 << 20);
	fake_own_file(&fake, 20, 50 * BLOCK, 51 * BLOCK, 0);
	if (_i == 0)
		fake.rc = ERR_CANCELLED;
	if (_i == 1)
		fake.files[0].rc = ERR_IO;
	if (_i == 2)
		fake.chunk_rc = ERR_NOMEM;
	ck_assert_int_eq(find_code(), _i == 0 ? ERR_CANCELLED : (_i == 1 ? ERR_IO : ERR_NOMEM));
}
END_TEST

Suite *damage_suite(void)
{
	Suite *suite = suite_create("damage");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, cuts_owners_to_the_bad_bytes);
	tcase_add_test(tcase, lists_all_who_share);
	tcase_add_test(tcase, ends_with_the_file);
	tcase_add_test(tcase, ends_for_each_who_shares);
	tcase_add_test(tcase, loses_nothing_unwritten);
	tcase_add_test(tcase, hurts_nobody_for_different_reasons);
	tcase_add_loop_test(tcase, names_what_a_file_owns, 0, sizeof(parts) / sizeof(parts[0]));
	tcase_add_test(tcase, knows_internal_files);
	tcase_add_test(tcase, says_the_likely_of_an_unreadable_file);
	tcase_add_test(tcase, knows_the_sectors_of_headers);
	tcase_add_test(tcase, tells_trees_apart);
	tcase_add_test(tcase, names_what_has_one_kind);
	tcase_add_test(tcase, ends_with_the_group_and_the_file_system);
	tcase_add_test(tcase, notes_what_nobody_owns);
	tcase_add_test(tcase, shows_each_kind_that_claims_the_same);
	tcase_add_test(tcase, believes_the_longer_of_two_sources);
	tcase_add_test(tcase, lists_inodes_in_bad_bytes);
	tcase_add_test(tcase, takes_all_inodes_for_used_if_it_cannot_know);
	tcase_add_test(tcase, finds_chunks_at_any_place);
	tcase_add_test(tcase, orders_files_by_damage);
	tcase_add_test(tcase, merges_what_a_file_loses);
	tcase_add_test(tcase, keeps_a_bounded_number_of_notes);
	tcase_add_test(tcase, finds_nothing_in_nothing);
	tcase_add_test(tcase, sorts_paths_and_misses_them);
	tcase_add_test(tcase, asks_for_no_paths_if_told);
	tcase_add_test(tcase, notes_gaps_of_paths);
	tcase_add_loop_test(tcase, passes_on_failures, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
