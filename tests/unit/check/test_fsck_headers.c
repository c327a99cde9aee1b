/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AGF, AGI and AGFL by themselves. */
#include <check.h>
#include <stdio.h>

#include "base/crc32c.h"
#include "lib/fsck_case.h"
#include "unit/check/fsck_lines.h"

Suite *fsck_headers_suite(void);

static const char *const codes[] = {
#define FINDING(code, severity, stake, repair, sentence, explanation) #code,
#include "check/findings/headers.def"
#undef FINDING
	"LSN_AHEAD",
	NULL,
};

static struct fsck_case c;

static void setup(void)
{
	fsck_case_open(&c, "demo");
}

static void teardown(void)
{
	fsck_case_close(&c);
}

static void expect(const char *wanted)
{
	fsck_expect(&c, codes, "%s", wanted);
}

/* The header of group 1. */
static uint8_t *header(uint32_t sector)
{
	return c.image.bytes + geometry_sector_offset(&c.fs->geo, 1, sector);
}

static uint64_t set(uint32_t sector, const char *name, uint32_t index, uint64_t value)
{
	const struct field_table *table = sector == AGF_SECTOR	 ? &agf_table
					  : sector == AGI_SECTOR ? &agi_table
								 : &agfl_table;
	uint32_t crc_at = field_find(table, "crc")->bit_offset / 8;
	const struct field *field = field_find(table, name);
	uint64_t before;

	ck_assert_ptr_nonnull(field);
	before = field_get(field, header(sector), index);
	field_set(field, header(sector), index, value);
	crc32c_block_seal(header(sector), c.fs->geo.sector_bytes, crc_at);
	return before;
}

static void try(uint32_t sector, const char *name, uint32_t index, uint64_t value, const char *wanted)
{
	uint64_t before = set(sector, name, index, value);

	expect(wanted);
	set(sector, name, index, before);
	expect("");
}

START_TEST(finds_an_agf_that_cannot_be_used)
{
	try(AGF_SECTOR, "magicnum", 0, 1, "AGF_UNREADABLE group 1 block 0+1 (bad magic number)\n");
	try(AGF_SECTOR, "seqno", 0, 0, "AGF_UNREADABLE group 1 block 0+1 (wrong own address)\n");
	try(AGF_SECTOR, "length", 0, 1, "AGF_UNREADABLE group 1 block 0+1 (out of range)\n");
	header(AGF_SECTOR)[100] ^= 1;
	expect("AGF_UNREADABLE group 1 block 0+1 (bad checksum)\n");
}
END_TEST

START_TEST(finds_an_agi_that_cannot_be_used)
{
	try(AGI_SECTOR, "magicnum", 0, 1, "AGI_UNREADABLE group 1 block 0+1 (bad magic number)\n");
	try(AGI_SECTOR, "root", 0, 0, "AGI_UNREADABLE group 1 block 0+1 (out of range)\n");
}
END_TEST

START_TEST(finds_an_agfl_that_cannot_be_used)
{
	try(AGFL_SECTOR, "magicnum", 0, 1, "AGFL_UNREADABLE group 1 block 0+1 (bad magic number)\n");
	try(AGFL_SECTOR, "seqno", 0, 7, "AGFL_UNREADABLE group 1 block 0+1 (wrong own address)\n");
}
END_TEST

START_TEST(finds_padding)
{
	try(AGF_SECTOR, "spare64", 13, 1, "AGF_FIELD group 1 block 0+1 spare64 0!=1\n");
	try(AGF_SECTOR, "spare2", 0, 5, "AGF_FIELD group 1 block 0+1 spare2 0!=5\n");
	try(AGI_SECTOR, "pad32", 0, 5, "AGI_FIELD group 1 block 0+1 pad32 0!=5\n");
	try(AGI_SECTOR, "dirino", 0, 5, "AGI_FIELD group 1 block 0+1 dirino 4294967295!=5\n");
}
END_TEST

/* norm-plain has neither rmapbt nor reflink nor counted inode trees. */
START_TEST(finds_fields_of_features_that_are_off)
{
	fsck_case_close(&c);
	fsck_case_open(&c, "norm-plain");
	try(AGF_SECTOR, "rmaproot", 0, 5, "AGF_FIELD group 1 block 0+1 rmaproot 0!=5\n");
	try(AGF_SECTOR, "rmaplevel", 0, 1, "AGF_FIELD group 1 block 0+1 rmaplevel 0!=1\n");
	try(AGF_SECTOR, "rmapblocks", 0, 1, "AGF_FIELD group 1 block 0+1 rmapblocks 0!=1\n");
	try(AGF_SECTOR, "refcntroot", 0, 5, "AGF_FIELD group 1 block 0+1 refcntroot 0!=5\n");
	try(AGF_SECTOR, "refcntlevel", 0, 1, "AGF_FIELD group 1 block 0+1 refcntlevel 0!=1\n");
	try(AGF_SECTOR, "refcntblocks", 0, 1, "AGF_FIELD group 1 block 0+1 refcntblocks 0!=1\n");
	try(AGI_SECTOR, "iblocks", 0, 1, "AGI_FIELD group 1 block 0+1 iblocks 0!=1\n");
	try(AGI_SECTOR, "fblocks", 0, 1, "AGI_FIELD group 1 block 0+1 fblocks 0!=1\n");
}
END_TEST

START_TEST(finds_a_free_list_of_another_length)
{
	uint64_t count = be32_get(((struct disk_agf *)header(AGF_SECTOR))->flcount);
	uint64_t last = be32_get(((struct disk_agf *)header(AGF_SECTOR))->fllast);
	char wanted[200];

	snprintf(wanted, sizeof(wanted), "AGFL_COUNT group 1 block 0+1 flcount %llu!=%llu\n", (unsigned long long)count,
		 (unsigned long long)count - 1);
	try(AGF_SECTOR, "flcount", 0, count - 1, wanted);
	snprintf(wanted, sizeof(wanted), "AGFL_COUNT group 1 block 0+1 flcount %llu!=%llu\n",
		 (unsigned long long)count - 1, (unsigned long long)count);
	try(AGF_SECTOR, "fllast", 0, last - 1, wanted);
}
END_TEST

/* An empty ring ends one slot before its beginning. */
START_TEST(lets_a_ring_go_around)
{
	uint32_t slots = agfl_slots(c.fs->geo.sector_bytes);

	set(AGF_SECTOR, "flfirst", 0, 0);
	set(AGF_SECTOR, "fllast", 0, slots - 1);
	set(AGF_SECTOR, "flcount", 0, 0);
	expect("");
}
END_TEST

static void set_slot(uint32_t slot, uint32_t value)
{
	be32 bno = be32_of(value);

	memcpy(header(AGFL_SECTOR) + sizeof(struct disk_agfl) + slot * sizeof(bno), &bno, sizeof(bno));
	crc32c_block_seal(header(AGFL_SECTOR), c.fs->geo.sector_bytes, offsetof(struct disk_agfl, crc));
}

START_TEST(finds_blocks_that_cannot_be_free)
{
	uint32_t first = be32_get(((struct disk_agf *)header(AGF_SECTOR))->flfirst);
	const be32 *slots = (const be32 *)(header(AGFL_SECTOR) + sizeof(struct disk_agfl));
	uint32_t second = be32_get(slots[first + 1]);
	char wanted[200];

	set_slot(first, second);
	snprintf(wanted, sizeof(wanted), "AGFL_BLOCK group 1 block %u+1\n", second);
	expect(wanted);
	fsck_case_close(&c);
	fsck_case_open(&c, "small"); /* whose headers take two blocks */
	first = be32_get(((struct disk_agf *)header(AGF_SECTOR))->flfirst);
	set_slot(first, 1);
	expect("AGFL_BLOCK group 1 block 1+1\n");
	set_slot(first, 0);
	expect("AGFL_UNREADABLE group 1 block 1+1 (out of range)\n");
	set_slot(first, UINT32_MAX);
	expect("AGFL_UNREADABLE group 1 block 1+1 (out of range)\n");
}
END_TEST

START_TEST(finds_a_hint_that_leads_nowhere)
{
	uint32_t per_block = 1u << c.fs->geo.inodes_per_block_log;

	try(AGI_SECTOR, "newino", 0, 64 * per_block + 1, "AGI_NEWINO group 1 block 0+1 newino found 513\n");
	try(AGI_SECTOR, "newino", 0, 0, "AGI_NEWINO group 1 block 0+1 newino found 0\n");
	try(AGI_SECTOR, "newino", 0, 0x7ffffff8, "AGI_NEWINO group 1 block 0+1 newino found 2147483640\n");
	try(AGI_SECTOR, "newino", 0, AGINO_NULL, "");
}
END_TEST

START_TEST(finds_what_follows_in_the_sector)
{
	header(AGF_SECTOR)[511] = 1;
	set(AGF_SECTOR, "spare2", 0, 0);
	header(AGI_SECTOR)[sizeof(struct disk_agi)] = 1;
	set(AGI_SECTOR, "pad32", 0, 0);
	expect("HEADER_REST group 1 block 0+1 agf\nHEADER_REST group 1 block 0+1 agi\n");
}
END_TEST

START_TEST(finds_lsns_ahead)
{
	for (uint32_t sector = AGF_SECTOR; sector <= AGFL_SECTOR; sector++) {
		uint64_t before = set(sector, "lsn", 0, 1ull << 60);

		ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "LSN_AHEAD group 1 block 0+1 lsn "));
		set(sector, "lsn", 0, before);
	}
}
END_TEST

Suite *fsck_headers_suite(void)
{
	Suite *suite = suite_create("fsck_headers");
	TCase *tcase = tcase_create("lies");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, finds_an_agf_that_cannot_be_used);
	tcase_add_test(tcase, finds_an_agi_that_cannot_be_used);
	tcase_add_test(tcase, finds_an_agfl_that_cannot_be_used);
	tcase_add_test(tcase, finds_padding);
	tcase_add_test(tcase, finds_fields_of_features_that_are_off);
	tcase_add_test(tcase, finds_a_free_list_of_another_length);
	tcase_add_test(tcase, lets_a_ring_go_around);
	tcase_add_test(tcase, finds_blocks_that_cannot_be_free);
	tcase_add_test(tcase, finds_a_hint_that_leads_nowhere);
	tcase_add_test(tcase, finds_what_follows_in_the_sector);
	tcase_add_test(tcase, finds_lsns_ahead);
	suite_add_tcase(suite, tcase);
	return suite;
}
