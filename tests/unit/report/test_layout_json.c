/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layouts as JSON: each kind of value, field expressions, and bytes that make no sense. */
#include "report/layout_json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "format/btree_block.h"
#include "format/dquot.h"
#include "format/inode.h"
#include "format/records.h"
#include "format/sb.h"
#include "format/symlink.h"
#include "unit/report/all_layouts.h"

static const struct geometry geometry = {
	.block_bytes = 4096, .block_log = 12, .has_ftype = true, .has_sparse_inodes = true};

/* The line for a structure, or for what @path_text leads to; for the caller to free. */
static char *line_of(const struct layout *layout, const void *bytes, size_t len, const char *path_text)
{
	const struct layout_source source = {&geometry, {bytes, len}, (uint32_t)len};
	struct layout_path path;
	struct json_line line;
	struct error err;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	json_nested_begin(&line);
	if (path_text) {
		ck_assert_int_eq(layout_path_parse(layout, &source, path_text, &path, &err), 0);
		layout_json_path(&line, &path, &source);
	} else {
		layout_json(&line, layout, &source);
	}
	ck_assert_int_eq(json_line_end(&line, out, &err), 0);
	fclose(out);
	return text;
}

static void expect(const struct layout *layout, const void *bytes, size_t len, const char *path, const char *wanted)
{
	char *text = line_of(layout, bytes, len, path);

	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(test_numbers)
{
	uint8_t raw[512] = {0};
	struct disk_sb *sb = (struct disk_sb *)raw;

	sb->lsn = be64_of(UINT64_MAX - 1);
	sb->uquotino = be64_of(UINT64_MAX);
	memcpy(sb->fname, "a\xff", 2);
	expect(&sb_layout, raw, sizeof(raw), "lsn", "{\"lsn\":18446744073709551614}\n");
	expect(&sb_layout, raw, sizeof(raw), "uquotino", "{\"uquotino\":null}\n");
	expect(&sb_layout, raw, sizeof(raw), "crc", "{\"crc\":0,\"crc_status\":\"bad\"}\n");
	expect(&sb_layout, raw, sizeof(raw), "fname", "{\"fname\":\"a\xef\xbf\xbd\",\"fname_hex\":\"61ff\"}\n");
	memset(sb->fname, 0, sizeof(sb->fname));
	expect(&sb_layout, raw, sizeof(raw), "fname", "{\"fname\":\"\"}\n");
}
END_TEST

START_TEST(test_records)
{
	uint8_t block[4096] = {0};
	struct disk_btree_short *header = (struct disk_btree_short *)block;
	struct disk_rmap_rec *records = (struct disk_rmap_rec *)(block + sizeof(*header));

	header->numrecs = be16_of(3);
	records[1].startblock = be32_of(7);
	records[1].owner = be64_of((uint64_t)-5);
	expect(&rmapbt_layout, block, sizeof(block), "recs[2].owner", "{\"recs\":[{\"owner\":-5}]}\n");
	expect(&rmapbt_layout, block, sizeof(block), "recs[1-2].startblock",
	       "{\"recs\":[{\"startblock\":0},{\"startblock\":7}]}\n");
	expect(&rmapbt_layout, block, sizeof(block), "recs[2]",
	       "{\"recs\":[{\"startblock\":7,\"blockcount\":0,\"owner\":-5,\"offset\":0,\"extentflag\":0,\"attrfork\":"
	       "0,"
	       "\"bmbtblock\":0}]}\n");
	/* Backwards there is nothing. */
	expect(&rmapbt_layout, block, sizeof(block), "recs[2-1]", "{}\n");
	/* Cut short: what lies outside has no value. */
	expect(&rmapbt_layout, block, 10, "rightsib", "{\"rightsib\":null}\n");
}
END_TEST

START_TEST(test_inode)
{
	uint8_t raw[512] = {0};
	struct disk_inode *inode = (struct disk_inode *)raw;

	inode->version = INODE_VERSION;
	inode->mode = be16_of(INODE_MODE_DIR | 0755);
	inode->format = FORK_EXTENTS;
	expect(&inode_layout, raw, sizeof(raw), "core.format",
	       "{\"core\":{\"format\":2,\"format_name\":\"extents\"}}\n");
	inode->format = 77;
	expect(&inode_layout, raw, sizeof(raw), "core.format", "{\"core\":{\"format\":77}}\n");
	expect(&inode_layout, raw, sizeof(raw), "core.mode", "{\"core\":{\"mode\":16877}}\n");
	expect(&inode_layout, raw, sizeof(raw), "v3.pad2[1-2]", "{\"v3\":{\"pad2\":[0,0]}}\n");
	expect(&inode_layout, raw, sizeof(raw), "u3", "{\"u3\":{}}\n");
	memset(&inode->mtime, 0xff, 4);
	expect(&inode_layout, raw, sizeof(raw), "core.mtime",
	       "{\"core\":{\"mtime\":{\"sec\":\"1969-12-31T23:59:59Z\",\"nsec\":0}}}\n");
}
END_TEST

/* Record 0 has times of grace; in others it is a moment, which 0 is none of. */
START_TEST(test_quota)
{
	struct disk_dqblk record = {0};

	record.dquot.btimer = be32_of(604800);
	expect(&dqblk_layout, &record, sizeof(record), "diskdq.btimer", "{\"diskdq\":{\"btimer\":604800}}\n");
	record.dquot.id = be32_of(1);
	expect(&dqblk_layout, &record, sizeof(record), "diskdq.btimer",
	       "{\"diskdq\":{\"btimer\":\"1970-01-08T00:00:00Z\"}}\n");
	record.dquot.type = DQUOT_TYPE_BIGTIME;
	record.dquot.btimer = be32_of(UINT32_MAX);
	expect(&dqblk_layout, &record, sizeof(record), "diskdq.btimer",
	       "{\"diskdq\":{\"btimer\":\"2514-05-30T01:53:00Z\"}}\n");
	expect(&dqblk_layout, &record, sizeof(record), "diskdq.itimer", "{\"diskdq\":{\"itimer\":0}}\n");
}
END_TEST

/* Text with a length is all of its bytes, also zeros. */
START_TEST(test_text)
{
	uint8_t block[512] = {0};
	struct disk_symlink *link = (struct disk_symlink *)block;

	link->bytes = be32_of(4);
	memcpy(link + 1, "a\n\"", 3);
	expect(&symlink_layout, block, sizeof(block), "data", "{\"data\":\"a\\n\\\"\\u0000\"}\n");
}
END_TEST

/* Arrays of values hold numbers: their other forms have no place for what stands beside a value. */
static void check_arrays(const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_item *item = &layout->items[i];
		const struct field *field = layout_field(item);

		if (item->part) {
			check_arrays(item->part);
			continue;
		}
		if (!layout_is_array(item))
			continue;
		ck_assert_msg(item->style <= STYLE_HEX && item->style != STYLE_SIGNED && field->kind != FIELD_CHARS &&
				      field->kind != FIELD_UUID && field->unit != UNIT_CRC,
			      "%s", layout_name(item));
	}
}

/* Whatever the bytes are: JSON comes out, valid UTF-8, with the names that the text has. */
START_TEST(test_any_bytes)
{
	uint8_t *block = malloc(4096);
	uint32_t seed = 1;

	check_arrays(layouts[_i]);
	ck_assert_ptr_nonnull(block);
	for (int round = 0; round < 40; round++) {
		json_tokener *tokener = json_tokener_new();
		json_object *object;
		char *text;

		for (size_t i = 0; i < 4096; i++)
			block[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
		memcpy(block, (const char *[]){"XDB3", "XDD3", "XDF3", "XARM"}[round % 4], 4);
		if (round % 8 > 3)
			memcpy(block + 8, (const char *[]){"\x3d\xf1", "\x3d\xff", "\x3e\xbe", "\x3b\xee"}[round % 4],
			       2);
		text = line_of(layouts[_i], block, 4096, NULL);
		json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
		object = json_tokener_parse_ex(tokener, text, (int)strlen(text));
		ck_assert_msg(json_object_is_type(object, json_type_object), "%.200s", text);
		json_object_put(object);
		json_tokener_free(tokener);
		free(text);
	}
	free(block);
}
END_TEST

Suite *layout_json_suite(void);

Suite *layout_json_suite(void)
{
	Suite *suite = suite_create("layout_json");
	TCase *tcase = tcase_create("layout_json");

	tcase_add_test(tcase, test_numbers);
	tcase_add_test(tcase, test_records);
	tcase_add_test(tcase, test_inode);
	tcase_add_test(tcase, test_quota);
	tcase_add_test(tcase, test_text);
	tcase_add_loop_test(tcase, test_any_bytes, 0, LAYOUTS);
	suite_add_tcase(suite, tcase);
	return suite;
}
