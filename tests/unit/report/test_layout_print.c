/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layouts: that every name leads to a field of a table, and what bytes made for it look like in print. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "format/agfl.h"
#include "format/btree_block.h"
#include "format/inode.h"
#include "format/records.h"
#include "fs/time.h"
#include "report/layout.h"
#include "unit/report/all_layouts.h"

/* Every item is one thing, a field of its table if it is one, and has what its form needs. */
static void check_items(const struct layout *layout, unsigned depth)
{
	ck_assert_uint_lt(depth, LAYOUT_PATH_STEPS);
	ck_assert_uint_gt(layout->count, 0);
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_item *item = &layout->items[i];
		int forms = (item->table != NULL) + (item->element != NULL) + (item->part != NULL);

		ck_assert_msg(forms == 1, "%s is %d things", layout_name(item), forms);
		if (item->table)
			ck_assert_msg(field_find(item->table, item->field) != NULL, "%s: there is no field %s in %s",
				      layout_name(item), item->field, item->table->name);
		if (item->element && item->element->kind == FIELD_CHARS)
			ck_assert_msg(item->length != NULL, "%s has no length", layout_name(item));
		if (item->part)
			check_items(item->part, depth + 1);
		else
			ck_assert_msg(!(item->flags & LAYOUT_ROWS), "%s has rows of nothing", layout_name(item));
	}
}

START_TEST(test_names)
{
	check_items(layouts[_i], 0);
}
END_TEST

static const struct geometry geometry = {
	.block_bytes = 4096, .block_log = 12, .has_ftype = true, .has_sparse_inodes = true};

/* What a layout prints of bytes; for the caller to free. */
static char *printed(const struct layout *layout, const void *bytes, size_t len, const char *path_text)
{
	const struct layout_source source = {&geometry, {bytes, len}, (uint32_t)len};
	struct layout_path path;
	struct error err;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	if (!path_text)
		layout_print(out, layout, &source);
	else if (layout_path_parse(layout, &source, path_text, &path, &err) == 0)
		layout_print_path(out, &path, &source);
	else
		fprintf(out, "%s\n", err.text);
	fclose(out);
	return text;
}

static void expect(const struct layout *layout, const void *bytes, size_t len, const char *path, const char *wanted)
{
	char *text = printed(layout, bytes, len, path);

	ck_assert_str_eq(text, wanted);
	free(text);
}

/* A leaf of the tree of free space with two records. */
static void make_leaf(uint8_t block[4096])
{
	struct disk_btree_short *header = (struct disk_btree_short *)block;
	struct disk_alloc_rec *records = (struct disk_alloc_rec *)(block + sizeof(*header));

	memset(block, 0, 4096);
	header->numrecs = be16_of(2);
	header->leftsib = be32_of(AGBNO_NULL);
	header->rightsib = be32_of(7);
	records[0] = (struct disk_alloc_rec){be32_of(10), be32_of(5)};
	records[1] = (struct disk_alloc_rec){be32_of(20), be32_of(1)};
	crc32c_block_seal(block, 4096, offsetof(struct disk_btree_short, crc));
}

START_TEST(test_rows)
{
	uint8_t block[4096];

	make_leaf(block);
	expect(&bnobt_layout, block, sizeof(block), "recs",
	       "recs[1-2] = [startblock,blockcount] \n1:[10,5] \n2:[20,1]\n");
	expect(&bnobt_layout, block, sizeof(block), "recs[2]", "recs[2] = [startblock,blockcount] \n2:[20,1]\n");
	expect(&bnobt_layout, block, sizeof(block), "recs[1-2].blockcount",
	       "recs[1].blockcount = 5\nrecs[2].blockcount = 1\n");
	expect(&bnobt_layout, block, sizeof(block), "leftsib", "leftsib = null\n");
	expect(&bnobt_layout, block, sizeof(block), "rightsib", "rightsib = 7\n");
}
END_TEST

/* A count beyond what has room shows what has room, and nothing outside of the block is touched. */
START_TEST(test_bounds)
{
	uint8_t *block = malloc(4096);
	struct disk_btree_short *header = (struct disk_btree_short *)block;
	char *text;

	make_leaf(block);
	header->numrecs = be16_of(65535);
	text = printed(&bnobt_layout, block, 4096, "recs[505]");
	ck_assert_ptr_nonnull(strstr(text, "505:[0,0]"));
	free(text);
	expect(&bnobt_layout, block, 4096, "recs[506]", "index 506 for field recs out of range 1-505\n");
	/* Cut short: fields that lie outside have no value. */
	text = printed(&bnobt_layout, block, 20, NULL);
	ck_assert_ptr_nonnull(strstr(text, "numrecs = 65535\n"));
	ck_assert_ptr_nonnull(strstr(text, "uuid = \n"));
	ck_assert_ptr_null(strstr(text, "\nrecs"));
	free(text);
	free(block);
}
END_TEST

START_TEST(test_crc)
{
	uint8_t block[4096];
	char *text;

	make_leaf(block);
	text = printed(&bnobt_layout, block, sizeof(block), "crc");
	ck_assert_ptr_nonnull(strstr(text, "(correct)"));
	free(text);
	block[4000] ^= 1;
	text = printed(&bnobt_layout, block, sizeof(block), "crc");
	ck_assert_ptr_nonnull(strstr(text, "(bad)"));
	free(text);
}
END_TEST

static const struct {
	const char *path, *complaint;
} wrong[] = {
	{"", "bad syntax in field name \n"},
	{".", "bad syntax in field name .\n"},
	{"recs[", "bad syntax in field name recs[\n"},
	{"recs[x]", "bad syntax in field name recs[x]\n"},
	{"recs[1", "bad syntax in field name recs[1\n"},
	{"recs[1-]", "bad syntax in field name recs[1-]\n"},
	{"recs[1]x", "bad syntax in field name recs[1]x\n"},
	{"recs[-1]", "bad syntax in field name recs[-1]\n"},
	{"recs[99999999999999999999]", "bad syntax in field name recs[99999999999999999999]\n"},
	{"recs[0]", "index 0 for field recs out of range 1-2\n"},
	{"recs[1-3]", "indices 1-3 for field recs out of range 1-2\n"},
	{"level[0]", "field level is not an array\n"},
	{"level.x", "field level has no subfields\n"},
	{"keys", "field keys not found\n"},
	{"recs.x", "field x not found\n"},
};

START_TEST(test_wrong_paths)
{
	uint8_t block[4096];

	make_leaf(block);
	expect(&bnobt_layout, block, sizeof(block), wrong[_i].path, wrong[_i].complaint);
}
END_TEST

static void make_inode(uint8_t raw[512], uint8_t format)
{
	struct disk_inode *inode = (struct disk_inode *)raw;

	memset(raw, 0, 512);
	inode->version = INODE_VERSION;
	inode->mode = be16_of(INODE_MODE_DIR | 0755);
	inode->format = format;
}

/* Counts and lengths that reach beyond the inode: entries that lie outside are none. */
START_TEST(test_hostile_inode)
{
	uint8_t *raw = malloc(512), *fork = raw + sizeof(struct disk_inode);
	struct disk_inode *inode = (struct disk_inode *)raw;

	make_inode(raw, FORK_LOCAL);
	memset(fork, 0xff, 512 - sizeof(*inode));
	for (int forkoff = 0; forkoff < 256; forkoff++) {
		for (int aformat = 0; aformat < 6; aformat++) {
			inode->forkoff = (uint8_t)forkoff;
			inode->aformat = (uint8_t)aformat;
			inode->format = (uint8_t)(forkoff % 6);
			inode->nextents = be32_of(UINT32_MAX);
			free(printed(&inode_layout, raw, 512, NULL));
		}
	}
	make_inode(raw, FORK_EXTENTS);
	inode->nextents = be32_of(1000);
	expect(&inode_layout, raw, 512, "u3.bmx[21]", "index 21 for field bmx out of range 0-20\n");
	free(raw);
}
END_TEST

START_TEST(test_empty_fork)
{
	uint8_t raw[512];

	make_inode(raw, FORK_EXTENTS);
	expect(&inode_layout, raw, 512, "u3", "u3 = (empty)\n");
	expect(&inode_layout, raw, 512, "a", "field a not found\n");
}
END_TEST

/* Any bytes: every layout can print them, and finds every path that it offers. */
static int take_offer(void *arg, const char *whole)
{
	const struct layout_source *source = ((const void **)arg)[0];
	const struct layout *layout = ((const void **)arg)[1];
	struct layout_path path;

	ck_assert_int_eq(layout_path_parse(layout, source, whole, &path, NULL), 0);
	return 0;
}

START_TEST(test_any_bytes)
{
	uint8_t *block = malloc(4096);
	uint32_t seed = 1;

	for (int round = 0; round < 60; round++) {
		const struct layout_source source = {&geometry, {block, 4096}, 4096};
		const void *arg[] = {&source, layouts[_i]};

		for (size_t i = 0; i < 4096; i++)
			block[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
		/* Magic numbers, so that the parts that depend on them are there. */
		memcpy(block, (const char *[]){"XDB3", "XDD3", "XDF3", "XARM"}[round % 4], 4);
		if (round % 8 > 3)
			memcpy(block + 8, (const char *[]){"\x3d\xf1", "\x3d\xff", "\x3e\xbe", "\x3b\xee"}[round % 4],
			       2);
		free(printed(layouts[_i], block, 4096, NULL));
		layout_path_complete(layouts[_i], &source, "", take_offer, arg);
	}
	free(block);
}
END_TEST

static int keep_offer(void *arg, const char *whole)
{
	char(*last)[64] = arg;

	snprintf(*last, sizeof(*last), "%s", whole);
	return 0;
}

START_TEST(test_complete)
{
	uint8_t block[4096];
	const struct layout_source source = {&geometry, {block, sizeof(block)}, sizeof(block)};
	char last[64] = "";

	make_leaf(block);
	layout_path_complete(&bnobt_layout, &source, "num", keep_offer, &last);
	ck_assert_str_eq(last, "numrecs");
	layout_path_complete(&bnobt_layout, &source, "recs[2].blo", keep_offer, &last);
	ck_assert_str_eq(last, "recs[2].blockcount");
	last[0] = '\0';
	layout_path_complete(&bnobt_layout, &source, "recs[3].blo", keep_offer, &last);
	layout_path_complete(&bnobt_layout, &source, "level.x", keep_offer, &last);
	layout_path_complete(&bnobt_layout, &source, "keys", keep_offer, &last);
	ck_assert_str_eq(last, "");
}
END_TEST

START_TEST(test_time)
{
	struct time_of_disk when = time_decode(0xffffffff3b9ac9ffu, false);

	ck_assert_int_eq(when.seconds, -1);
	ck_assert_uint_eq(when.nanoseconds, 999999999);
	when = time_decode(0, true);
	ck_assert_int_eq(when.seconds, INT32_MIN);
	when = time_decode(2147483648ull * 1000000000u + 5, true);
	ck_assert_int_eq(when.seconds, 0);
	ck_assert_uint_eq(when.nanoseconds, 5);
}
END_TEST

Suite *layout_print_suite(void);

Suite *layout_print_suite(void)
{
	Suite *suite = suite_create("layout_print");
	TCase *tcase = tcase_create("layout_print");

	tcase_add_loop_test(tcase, test_names, 0, LAYOUTS);
	tcase_add_test(tcase, test_rows);
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_crc);
	tcase_add_loop_test(tcase, test_wrong_paths, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tcase, test_hostile_inode);
	tcase_add_test(tcase, test_empty_fork);
	tcase_add_loop_test(tcase, test_any_bytes, 0, LAYOUTS);
	tcase_add_test(tcase, test_complete);
	tcase_add_test(tcase, test_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
