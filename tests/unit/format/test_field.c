/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Field tables: each tiles its struct, and fields are read and stored where they stand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "format/dir.h"
#include "format/inode.h"
#include "format/records.h"
#include "format/sb.h"
#include "format/tables.h"

/* The features that decide which fields exist. */
struct features {
	bool nrext64, sparse;
};

static bool exists(const struct field *field, struct features features)
{
	switch (field->when) {
	case WHEN_ALWAYS:
		return true;
	case WHEN_NREXT64:
		return features.nrext64;
	case WHEN_NO_NREXT64:
		return !features.nrext64;
	case WHEN_SPARSE:
		return features.sparse;
	case WHEN_NO_SPARSE:
		return !features.sparse;
	}
	ck_abort_msg("field %s has a condition that this test does not know", field->name);
}

static void check_tiles(const struct field_table *table, struct features features)
{
	uint64_t next = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];

		if (!exists(field, features))
			continue;
		ck_assert_msg(field->bit_offset == next, "%s.%s begins at bit %u, the field before ends at %llu",
			      table->name, field->name, field->bit_offset, (unsigned long long)next);
		ck_assert_msg(field->bit_width > 0 && field->count > 0, "%s.%s is empty", table->name, field->name);
		next += (uint64_t)field->bit_width * field->count;
	}
	ck_assert_msg(next == table->size_bytes * 8, "%s ends at bit %llu of %zu", table->name,
		      (unsigned long long)next, table->size_bytes * 8);
}

START_TEST(tiles)
{
	for (size_t i = 0; all_field_tables[i]; i++)
		for (int f = 0; f < 4; f++)
			check_tiles(all_field_tables[i], (struct features){f & 1, f & 2});
}
END_TEST

START_TEST(names_are_unique)
{
	for (size_t i = 0; all_field_tables[i]; i++) {
		const struct field_table *table = all_field_tables[i];

		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(all_field_tables[k]->name, table->name);
		for (size_t f = 0; f < table->count; f++)
			ck_assert_msg(field_find(table, table->fields[f].name) == &table->fields[f],
				      "%s has two fields %s", table->name, table->fields[f].name);
	}
	ck_assert_ptr_null(field_find(all_field_tables[0], "no such field"));
}
END_TEST

static uint64_t low_bits(uint32_t width)
{
	return width < 64 ? (1ull << width) - 1 : UINT64_MAX;
}

/* Stores a value in one element on a background of ones or zeros: it comes back, and nothing else changes. */
static void round_trip(const struct field_table *table, const struct field *field, uint32_t index, uint8_t background,
		       uint64_t value)
{
	uint8_t *bytes = malloc(table->size_bytes), *expected = malloc(table->size_bytes);
	uint32_t width = field->bit_width < 64 ? field->bit_width : 64;
	uint32_t first = field->bit_offset + index * field->bit_width;

	memset(bytes, background, table->size_bytes);
	memset(expected, background, table->size_bytes);
	field_set(field, bytes, index, value);
	ck_assert_msg(field_get(field, bytes, index) == (value & low_bits(width)), "%s.%s[%u]", table->name,
		      field->name, index);
	/* Bit by bit, as the documentation counts them. */
	for (uint32_t bit = 0; bit < width; bit++) {
		uint32_t from = field->kind == FIELD_LE32 ? (bit / 8) * 8 + 7 - bit % 8 : width - 1 - bit;
		uint32_t at = first + bit;

		expected[at / 8] &= (uint8_t)~(0x80u >> at % 8);
		if (value >> from & 1)
			expected[at / 8] |= (uint8_t)(0x80u >> at % 8);
	}
	ck_assert_msg(memcmp(bytes, expected, table->size_bytes) == 0, "%s.%s[%u] is stored wrongly", table->name,
		      field->name, index);
	free(bytes);
	free(expected);
}

START_TEST(round_trips)
{
	for (size_t i = 0; all_field_tables[i]; i++) {
		const struct field_table *table = all_field_tables[i];

		for (size_t f = 0; f < table->count; f++)
			for (uint32_t k = 0; k < table->fields[f].count; k++) {
				round_trip(table, &table->fields[f], k, 0x00, 0x0123456789abcdefu + i + k);
				round_trip(table, &table->fields[f], k, 0xff, 0xfedcba9876543210u - i - k);
				round_trip(table, &table->fields[f], k, 0xff, 0);
				round_trip(table, &table->fields[f], k, 0x00, UINT64_MAX);
			}
	}
}
END_TEST

static uint64_t get(const struct field_table *table, const char *name, const void *base, uint32_t index)
{
	const struct field *field = field_find(table, name);

	ck_assert_msg(field && index < field->count, "%s.%s", table->name, name);
	return field_get(field, base, index);
}

/* The extent record has numbers that begin and end in the middle of words. */
START_TEST(known_extent_record)
{
	/* Unwritten, file offset 0x123456789abcd, block 0xfedcba9876543, 0x12345 blocks. */
	struct disk_bmap_rec rec = {be64_of(1ull << 63 | 0x123456789abcdull << 9 | 0xfedcba9876543ull >> 43),
				    be64_of((0xfedcba9876543ull & ((1ull << 43) - 1)) << 21 | 0x12345)};
	struct bmap_rec unpacked = bmap_rec_get(&rec);

	ck_assert_uint_eq(get(&bmap_rec_table, "extentflag", &rec, 0), 1);
	ck_assert_uint_eq(get(&bmap_rec_table, "startoff", &rec, 0), 0x123456789abcdull);
	ck_assert_uint_eq(get(&bmap_rec_table, "startblock", &rec, 0), 0xfedcba9876543ull);
	ck_assert_uint_eq(get(&bmap_rec_table, "blockcount", &rec, 0), 0x12345);
	ck_assert(unpacked.unwritten);
	ck_assert_uint_eq(unpacked.startoff, 0x123456789abcdull);
	ck_assert_uint_eq(unpacked.startblock, 0xfedcba9876543ull);
	ck_assert_uint_eq(unpacked.blockcount, 0x12345);
}
END_TEST

START_TEST(known_rmap_record)
{
	static const uint8_t bytes[24] = {0x00, 0x00, 0x10, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00,
					  0x00, 0x00, 0x00, 0x83, 0xa0, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07};

	ck_assert_uint_eq(get(&rmap_rec_table, "startblock", bytes, 0), 0x1001);
	ck_assert_uint_eq(get(&rmap_rec_table, "blockcount", bytes, 0), 2);
	ck_assert_uint_eq(get(&rmap_rec_table, "owner", bytes, 0), 131);
	ck_assert_uint_eq(get(&rmap_rec_table, "attrfork", bytes, 0), 1);
	ck_assert_uint_eq(get(&rmap_rec_table, "bmbtblock", bytes, 0), 0);
	ck_assert_uint_eq(get(&rmap_rec_table, "extentflag", bytes, 0), 1);
	ck_assert_uint_eq(get(&rmap_rec_table, "pad", bytes, 0), 0);
	ck_assert_uint_eq(get(&rmap_rec_table, "offset", bytes, 0), 1ull << 53 | 7);
}
END_TEST

START_TEST(known_inode_fields)
{
	struct disk_inode inode = {0};

	memcpy(&inode.crc, "\x11\x22\x33\x44", 4);
	memcpy(&inode.magic, "IN", 2);
	inode.uuid.b[0] = 0xab;
	inode.uuid.b[7] = 0xcd;
	inode.nextents = be32_of(5);
	inode.anextents = be16_of(6);
	ck_assert_uint_eq(get(&inode_table, "magic", &inode, 0), INODE_MAGIC);
	ck_assert_uint_eq(get(&inode_table, "crc", &inode, 0), 0x44332211); /* the one little-endian field */
	ck_assert_uint_eq(get(&inode_table, "uuid", &inode, 0), 0xab000000000000cdu);
	ck_assert_uint_eq(get(&inode_table, "nextents", &inode, 0), 5);
	ck_assert_uint_eq(get(&inode_table, "anextents", &inode, 0), 6);
	ck_assert_uint_eq(get(&inode_table, "big_anextents", &inode, 0), 5);
}
END_TEST

START_TEST(known_array)
{
	struct disk_dir_data data = {.bestfree[1] = {be16_of(0x40), be16_of(0x123)}};
	struct disk_sb sb_like = {.fname = "scratch"};

	ck_assert_uint_eq(get(&dir_data_table, "bestfree[1].offset", &data, 0), 0x40);
	ck_assert_uint_eq(get(&dir_data_table, "bestfree[1].length", &data, 0), 0x123);
	ck_assert_uint_eq(get(&dir_data_table, "bestfree[2].length", &data, 0), 0);
	ck_assert_uint_eq(get(&sb_table, "fname", &sb_like, 0), 0x7363726174636800u);
}
END_TEST

Suite *field_suite(void);
Suite *field_suite(void)
{
	Suite *suite = suite_create("field");
	TCase *tc = tcase_create("tables");

	tcase_add_test(tc, tiles);
	tcase_add_test(tc, names_are_unique);
	tcase_add_test(tc, round_trips);
	tcase_add_test(tc, known_extent_record);
	tcase_add_test(tc, known_rmap_record);
	tcase_add_test(tc, known_inode_fields);
	tcase_add_test(tc, known_array);
	suite_add_tcase(suite, tc);
	return suite;
}
