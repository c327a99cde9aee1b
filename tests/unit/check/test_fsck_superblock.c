/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Superblocks, their copies and sums: each lie is found, and what a copy may say otherwise is none. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crc32c.h"
#include "format/agi.h"
#include "lib/fsck_case.h"
#include "unit/check/fsck_lines.h"

Suite *fsck_superblock_suite(void);

static const char *const codes[] = {
#define FINDING(code, severity, stake, repair, sentence, explanation) #code,
#include "check/findings/superblock.def"
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

static struct disk_sb *sb_of(uint32_t agno)
{
	return (struct disk_sb *)(c.image.bytes + geometry_sector_offset(&c.fs->geo, agno, 0));
}

static void seal(uint32_t agno)
{
	crc32c_block_seal(sb_of(agno), c.fs->geo.sector_bytes, offsetof(struct disk_sb, crc));
}

static uint64_t set(uint32_t agno, const char *name, uint64_t value)
{
	const struct field *field = field_find(&sb_table, name);
	uint64_t before;

	ck_assert_ptr_nonnull(field);
	before = field_get(field, sb_of(agno), 0);
	field_set(field, sb_of(agno), 0, value);
	seal(agno);
	return before;
}

/* Values that both superblocks agree on. */
static const struct {
	const char *field;
	uint64_t value;
	const char *says; /* NULL: that the field cannot be */
} agreed[] = {
	{"versionnum", 0x34b5, NULL},
	{"versionnum", 0xb6b5, NULL},
	{"versionnum", 0xbcb5,
	 "SB_FIELD group 0 block 0+1 versionnum found 48309\n"
	 "SB_FIELD group 0 block 0+1 logsectlog found 0\n"
	 "SB_FIELD group 0 block 0+1 logsectsize found 0\n"},
	{"versionnum", 0xb5b5, "SB_FIELD group 0 block 0+1 unit found 0\n"},
	{"features2", 0x18b,
	 "SB_FIELD group 0 block 0+1 features2 found 395\n"
	 "SB_FIELD group 0 block 0+1 bad_features2 found 394\n"},
	{"bad_features2", 0, NULL},
	{"features_compat", 4, NULL},
	{"features_ro_compat", 0xe, NULL},
	{"rextents", 1, NULL},
	{"rbmblocks", 1, NULL},
	{"rextslog", 1, NULL},
	{"frextents", 1, NULL},
	{"rextsize", 0, NULL},
	{"rextsize", 0x80000, NULL},
	{"logsectlog", 9, NULL},
	{"logsectsize", 512, NULL},
	{"logsunit", 0, NULL},
	{"logsunit", 4095, NULL},
	{"logsunit", 1u << 19, NULL},
	{"unit", 8, "SB_FIELD group 0 block 0+1 unit found 8\nSB_FIELD group 0 block 0+1 width found 0\n"},
	{"width", 8, "SB_FIELD group 0 block 0+1 width found 8\n"},
	{"inoalignmt", 4, NULL},
	{"spino_align", 3, NULL},
	{"imax_pct", 101, NULL},
	{"flags", 1, NULL},
	{"shared_vn", 1, NULL},
	{"meta_uuid", 1, NULL},
	{"rootino", 129, NULL},
	{"rbmino", 130, NULL},
	{"rsumino", 129, NULL},
};
#define AGREED ((int)(sizeof(agreed) / sizeof(agreed[0])))

/* The lines about fields of the first superblock. */
START_TEST(finds_fields_that_cannot_be)
{
	static const char *const of_fields[] = {"SB_FIELD", NULL};
	const char *own;
	char wanted[200];

	set(0, agreed[_i].field, agreed[_i].value);
	set(1, agreed[_i].field, agreed[_i].value);
	own = fsck_lines(&c, of_fields);
	snprintf(wanted, sizeof(wanted), "SB_FIELD group 0 block 0+1 %s found %llu\n", agreed[_i].field,
		 (unsigned long long)field_get(field_find(&sb_table, agreed[_i].field), sb_of(0), 0));
	if (agreed[_i].says)
		ck_assert_ptr_nonnull(strstr(own, agreed[_i].says));
	else
		ck_assert_ptr_nonnull(strstr(own, wanted));
}
END_TEST

/* Fields of the copy that must agree. */
static const struct {
	const char *field;
	uint64_t value;
} differing[] = {
	{"blocksize", 512},
	{"dblocks", 1000},
	{"logstart", 5},
	{"rextsize", 2},
	{"agcount", 3},
	{"versionnum", 0},
	{"sectsize", 1024},
	{"blocklog", 9},
	{"imax_pct", 24},
	{"inprogress", 2},
	{"fdblocks", 1ull << 40},
	{"icount", 1ull << 40},
	{"rootino", 0},
	{"rbmino", 5},
	{"uquotino", 5},
	{"qflags", 1},
	{"features_incompat", 0},
	{"features_compat", 1},
	{"features_log_incompat", 1},
	{"unit", 5},
	{"meta_uuid", 7},
	{"shared_vn", 1},
	{"spino_align", 2},
};
#define DIFFERING ((int)(sizeof(differing) / sizeof(differing[0])))

START_TEST(finds_copies_that_differ)
{
	char wanted[200];
	uint64_t before = set(1, differing[_i].field, differing[_i].value);
	uint64_t used = field_get(field_find(&sb_table, differing[_i].field), sb_of(0), 0);

	snprintf(wanted, sizeof(wanted), "SB_COPY_DIFFERS group 1 block 0+1 %s %llu!=%llu\n", differing[_i].field,
		 (unsigned long long)used, (unsigned long long)differing[_i].value);
	/* meta_uuid: the first 64 bits */
	expect(wanted);
	set(1, differing[_i].field, before);
	expect("");
}
END_TEST

/* The label and the UUID, of which all copies have the same. */
START_TEST(finds_other_names)
{
	sb_of(1)->fname[3] ^= 1;
	seal(1);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "SB_COPY_DIFFERS group 1 block 0+1 fname "));
	sb_of(1)->fname[3] ^= 1;
	sb_of(1)->uuid.b[15] ^= 1;
	seal(1);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "SB_COPY_DIFFERS group 1 block 0+1 uuid "));
}
END_TEST

/* What the kernel only changes in the first one, and what it writes when the file system grows. */
START_TEST(lets_copies_be_old)
{
	set(1, "icount", 1000);
	set(1, "ifree", 77);
	set(1, "fdblocks", 77);
	set(1, "inprogress", 0);
	set(1, "rbmino", be64_get(sb_of(0)->rbmino));
	set(1, "rootino", UINT64_MAX);
	set(1, "uquotino", UINT64_MAX);
	set(1, "versionnum", be16_get(sb_of(0)->versionnum) ^ SB_VERSION_ATTR);
	set(1, "lsn", be64_get(sb_of(0)->lsn));
	sb_of(1)->meta_uuid = sb_of(1)->uuid;
	seal(1);
	expect("");
}
END_TEST

START_TEST(uses_a_copy_where_the_first_is_damaged)
{
	sb_of(0)->magicnum = be32_of(0);
	expect("SB_PRIMARY group 0 block 0+1 (bad magic number)\n");
	sb_of(0)->magicnum = be32_of(SB_MAGIC);
	sb_of(0)->imax_pct ^= 1;
	expect("SB_PRIMARY group 0 block 0+1 (bad checksum)\n");
}
END_TEST

/* Copies leave out much of what the first one says: nobody takes that for damage. */
static const char *const images[] = {"b64k",	    "demo",	"dirty",	 "norm",    "norm-plain",
				     "parent",	    "quota",	"small",	 "sparse",  "tiny-b2k",
				     "tiny-dirblk", "tiny-i2k", "tiny-metauuid", "tiny-s4k"};
#define IMAGES ((int)(sizeof(images) / sizeof(images[0])))

/* All that is said of an image with a sound superblock in group 1 only. */
static void expect_only(const char *journal, const char *primary)
{
	static const char notes[] =
		"NOT_CHECKED group 1 block 0+1 quota, which copies of the superblock may not tell of\n";
	static const char sums[] = "NOT_CHECKED group 1 block 0+1 sums in the superblock\n";
	char wanted[1000];

	(void)snprintf(wanted, sizeof(wanted), "%s%s%s%s", journal, notes, primary, sums);
	ck_assert_str_eq(fsck_case_run(&c), wanted);
}

START_TEST(takes_nothing_else_for_damaged)
{
	const char *journal = "";

	fsck_case_open(&c, images[_i]);
	if (strcmp(images[_i], "dirty") == 0)
		journal = "JOURNAL_DIRTY group 1 block 7+3075 x 2\n";
	memset(sb_of(0), 0, sizeof(struct disk_sb));
	expect_only(journal, "SB_PRIMARY group 0 block 0+1 (bad magic number)\n");
	fsck_case_bad(&c, 0, 512);
	expect_only(journal, "MEDIA_ERROR group 0 block 0+1 (media)\n");
	/* No copy names the root either. */
	set(1, "rootino", UINT64_MAX);
	expect_only(journal, "MEDIA_ERROR group 0 block 0+1 (media)\n");
}
END_TEST

START_TEST(finds_copies_that_are_damaged)
{
	sb_of(1)->imax_pct ^= 1;
	expect("SB_COPY_UNREADABLE group 1 block 0+1 (bad checksum)\n");
	sb_of(1)->magicnum = be32_of(0);
	expect("SB_COPY_UNREADABLE group 1 block 0+1 (bad magic number)\n");
}
END_TEST

START_TEST(finds_what_follows_in_the_sector)
{
	((uint8_t *)sb_of(0))[511] = 1;
	seal(0);
	((uint8_t *)sb_of(1))[sizeof(struct disk_sb)] = 0x80;
	seal(1);
	expect("SB_REST group 0 block 0+1\nSB_REST group 1 block 0+1\n");
}
END_TEST

START_TEST(finds_feature_bits)
{
	uint32_t incompat = be32_get(sb_of(0)->features_incompat), ro = be32_get(sb_of(0)->features_ro_compat);
	char wanted[200];

	set(0, "features_incompat", incompat | SB_INCOMPAT_NEEDSREPAIR);
	snprintf(wanted, sizeof(wanted), "SB_NEEDSREPAIR group 0 block 0+1 features_incompat found %u\n",
		 incompat | SB_INCOMPAT_NEEDSREPAIR);
	expect(wanted);
	set(0, "features_incompat", incompat);
	set(0, "features_log_incompat", 1);
	expect("SB_LOG_FEATURE group 0 block 0+1 features_log_incompat found 1\n");
	set(0, "features_log_incompat", 0);
	set(0, "features_ro_compat", ro | 0x40000000);
	set(1, "features_ro_compat", ro | 0x40000000);
	snprintf(wanted, sizeof(wanted), "SB_UNKNOWN_FEATURE group 0 block 0+1 features_ro_compat found %u\n",
		 ro | 0x40000000);
	expect(wanted);
}
END_TEST

START_TEST(finds_quota_that_contradicts_itself)
{
	uint64_t version = be16_get(sb_of(0)->versionnum);

	set(0, "qflags", SB_QUOTA_USER_ACCOUNTED);
	expect("SB_QUOTA group 0 block 0+1 qflags found 1\n");
	set(0, "versionnum", version | SB_VERSION_QUOTA);
	expect("");
	set(0, "qflags", 0x10);
	expect("SB_QUOTA group 0 block 0+1 qflags found 16\n");
	set(0, "qflags", SB_QUOTA_PROJECT_ENFORCED);
	expect("SB_QUOTA group 0 block 0+1 qflags found 512\n");
	set(0, "qflags", SB_QUOTA_GROUP_ACCOUNTED | SB_QUOTA_GROUP_CHECKED);
	expect("SB_QUOTA group 0 block 0+1 gquotino found 18446744073709551615\n");
	set(0, "gquotino", 129);
	expect("SB_QUOTA group 0 block 0+1 gquotino found 129\n");
	set(0, "gquotino", 1ull << 60);
	expect("SB_QUOTA group 0 block 0+1 gquotino found 1152921504606846976\n");
	set(0, "gquotino", 140);
	set(0, "pquotino", 140);
	expect("SB_QUOTA group 0 block 0+1 pquotino found 140\n");
}
END_TEST

START_TEST(finds_wrong_sums)
{
	char wanted[200];

	for (int i = 0; i < 3; i++) {
		const char *field = (const char *[]){"icount", "ifree", "fdblocks"}[i];
		uint64_t before = field_get(field_find(&sb_table, field), sb_of(0), 0);

		set(0, field, before + 1);
		snprintf(wanted, sizeof(wanted), "SB_COUNTER group 0 block 0+1 %s %llu!=%llu\n", field,
			 (unsigned long long)before, (unsigned long long)before + 1);
		expect(wanted);
		set(0, field, before);
	}
}
END_TEST

/* A clean journal ends somewhere; all ones is what was never written. */
START_TEST(finds_an_lsn_ahead)
{
	uint64_t before = set(0, "lsn", 1ull << 60);

	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "LSN_AHEAD group 0 block 0+1 lsn "));
	set(0, "lsn", before);
	set(1, "lsn", 1ull << 60);
	ck_assert_ptr_nonnull(strstr(fsck_case_run(&c), "LSN_AHEAD group 1 block 0+1 lsn "));
}
END_TEST

Suite *fsck_superblock_suite(void)
{
	Suite *suite = suite_create("fsck_superblock");
	TCase *tcase = tcase_create("lies");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, finds_fields_that_cannot_be, 0, AGREED);
	tcase_add_loop_test(tcase, finds_copies_that_differ, 0, DIFFERING);
	tcase_add_test(tcase, finds_other_names);
	tcase_add_test(tcase, lets_copies_be_old);
	tcase_add_test(tcase, uses_a_copy_where_the_first_is_damaged);
	tcase_add_test(tcase, finds_copies_that_are_damaged);
	tcase_add_test(tcase, finds_what_follows_in_the_sector);
	tcase_add_test(tcase, finds_feature_bits);
	tcase_add_test(tcase, finds_quota_that_contradicts_itself);
	tcase_add_test(tcase, finds_wrong_sums);
	tcase_add_test(tcase, finds_an_lsn_ahead);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("the first is lost");
	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, takes_nothing_else_for_damaged, 0, IMAGES);
	suite_add_tcase(suite, tcase);
	return suite;
}
