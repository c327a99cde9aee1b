/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that never happened. */
#include "unit/report/sample_fsck.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define UUID_BYTES                                                                                                     \
	{                                                                                                              \
		{                                                                                                      \
			0x7d, 0x9a, 0x1c, 0x3e, 0x5b, 0x0e, 0x4a, 0x5c, 0x9d, 0x5f, 0x3a, 0x2f, 0x2f, 0x6b, 0x6c, 0x11 \
		}                                                                                                      \
	}

static const struct geometry geo = {
	.block_bytes = 4096,
	.block_log = 12,
	.sector_log = 9,
	.ag_count = 4,
	.ag_blocks = 262144,
	.ag_blocks_log = 18,
	.blocks = 1048576,
	.uuid = UUID_BYTES,
	.label = "scratch",
};

static void open_result(struct examine_result *result)
{
	result->opened = result->checked = true;
	result->geo = geo;
	result->fsck.totals = (struct fsck_totals){.inodes_used = 1300,
						   .inodes_free = 44,
						   .files = 1234,
						   .directories = 56,
						   .others = 10,
						   .blocks_free = 230687,
						   .blocks_shared = 9};
}

static void add_path(struct examine_result *result, uint64_t ino, const char *path, bool connected)
{
	struct examine_path *paths = realloc(result->paths, (result->path_count + 1) * sizeof(*paths));

	ck_assert_ptr_nonnull(paths);
	result->paths = paths;
	paths[result->path_count++] = (struct examine_path){
		.ino = ino, .bytes = strdup(path), .len = strlen(path), .connected = connected, .top_ino = 4711};
}

static void add(struct examine_result *result, struct finding finding)
{
	finding_raise(&result->fsck.findings, &finding);
}

/* ------------------------------------------------------------------ much is wrong */

static void add_unreadable(struct examine_result *result)
{
	add(result, (struct finding){.code = FINDING_MEDIA_ERROR,
				     .at = at_blocks((struct agaddr){.agno = 0, .agbno = 17}, 1),
				     .why = {.code = ERR_MEDIA,
					     .has_offset = true,
					     .offset_bytes = 69632,
					     .text = "rmapbt block: known to be bad"}});
	add(result, (struct finding){.code = FINDING_INODE_UNREADABLE,
				     .at = at_inode(131),
				     .why = {.code = ERR_CORRUPT, .flaw = FLAW_CRC}});
	for (int i = 0; i < 2; i++)
		add(result, (struct finding){.code = FINDING_INODE_NOT_IN_USE, .at = at_inode(131), .follows = true});
	add(result, (struct finding){.code = FINDING_INODE_NOT_IN_USE, .at = at_inode(999), .follows = true});
	add(result, (struct finding){.code = FINDING_AGF_FIELD, .at = at_group(0), .follows = true});
}

static void add_inodes(struct examine_result *result)
{
	struct finding named = {.code = FINDING_INODE_NOT_IN_USE,
				.at = at_fileoff(140, FORK_DATA, 7),
				.other_ino = 131,
				.has_id = true,
				.id = 1000,
				.has_found = true,
				.found = 3,
				.count = 12,
				.name_len = 4,
				.name = "a\nb\xff"};
	struct place both = at_fork(150, FORK_ATTR);

	add(result, named);
	both.in_group = both.in_block = true;
	both.agno = 1;
	both.agbno = 20;
	both.len_blocks = 4;
	for (int i = 0; i < 3; i++)
		add(result, (struct finding){.code = FINDING_INODE_NOT_IN_USE,
					     .at = both,
					     .field = "mode",
					     .has_expected = true,
					     .expected = 0100644});
}

void sample_fsck_rich(struct examine_result *result)
{
	open_result(result);
	result->sb_agno = 1;
	result->sb_error = (struct error){.code = ERR_CORRUPT, .flaw = FLAW_CRC, .has_offset = true};
	result->journal.condition = JOURNAL_DIRTY;
	result->journal.dirty_records = 3;
	result->journal.dirty_bytes = 6144;
	ck_assert_int_eq(interval_add(&result->bad.bytes, 69632, 73728), 0);
	result->bad.from = BAD_FROM_FILE;
	add_unreadable(result);
	add_inodes(result);
	for (uint32_t agno = 0; agno < 7; agno++)
		add(result, (struct finding){.code = FINDING_AGF_FIELD,
					     .at = at_group(agno),
					     .field = "freeblks",
					     .has_expected = true,
					     .has_found = true,
					     .expected = 0,
					     .found = agno + 1});
	result->fsck.findings.raised[FINDING_AGF_FIELD] += 3; /* counted, but not kept */
	add(result,
	    (struct finding){.code = FINDING_NOT_CHECKED, .at = at_fs(), .field = "reverse mappings against owners"});
	add_path(result, 131, "/x/y", false);
	add_path(result, 140, "/evil\n  /etc/passwd\x1b[31m\\", true);
}

/* ------------------------------------------------------------------ others */

static void fill_clean(struct examine_result *result)
{
	open_result(result);
	result->bad.from = BAD_FROM_SYSFS;
}

static void fill_boot(struct examine_result *result)
{
	fill_clean(result);
	result->checked = false;
	result->fsck.totals = (struct fsck_totals){0};
	result->journal.condition = JOURNAL_DIRTY;
	result->journal.dirty_records = 1;
	ck_assert_int_eq(interval_add(&result->bad.bytes, 512, 1024), 0);
}

static void fill_cut(struct examine_result *result)
{
	open_result(result);
	result->cancelled = true;
	result->journal.condition = JOURNAL_DAMAGED;
	result->journal.why = (struct error){.code = ERR_CORRUPT, .flaw = FLAW_LOOP};
}

static const struct fsck_pass_info first = {.name = "superblocks", .purpose = "the superblock and its copies"};
static const struct fsck_pass_info second = {.name = "inodes", .purpose = "every inode"};
static const struct pass_costs costs = {
	.items = {{.pass = &first, .nanoseconds = 1500000, .reads = 4, .bytes = 16384},
		  {.pass = &second, .nanoseconds = 12345678900, .reads = 123456, .bytes = 3221225472}},
	.count = 2,
};

const struct sample_fsck sample_fscks[] = {
	{"fsck-rich", sample_fsck_rich, {.device = "/dev/pmem0"}},
	{"fsck-all", sample_fsck_rich, {.device = "/dev/pmem0", .each = true, .no_repair = true, .costs = &costs}},
	{"fsck-clean", fill_clean, {.device = "odd\"\\\n\xff.img"}},
	{"fsck-boot", fill_boot, {.device = "/dev/pmem0", .no_paths = true}},
	{"fsck-cut", fill_cut, {.device = "/dev/pmem0"}},
	{NULL, NULL, {0}},
};

char *sample_fsck_print(const struct sample_fsck *sample,
			int (*print)(const struct fsck_report *report, FILE *out, struct error *err))
{
	struct examine_result result = {0};
	struct fsck_report report = sample->report;
	struct error err = {0};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	sample->fill(&result);
	report.result = &result;
	ck_assert_int_eq(print(&report, out, &err), 0);
	ck_assert_int_eq(fclose(out), 0);
	examine_result_fini(&result);
	return text;
}
