/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Known values of CRC-32C, against a bitwise one, and the hole for the checksum itself. */
#include "base/crc32c.h"

#include <check.h>
#include <string.h>

Suite *crc32c_suite(void);

/* As in RFC 3720, appendix B.4, with the ones before and after. */
static uint32_t crc_of(const void *bytes, size_t len)
{
	return ~crc32c_update(UINT32_MAX, bytes, len);
}

START_TEST(knows_published_values)
{
	uint8_t bytes[32] = {0};

	ck_assert_uint_eq(crc_of("123456789", 9), 0xe3069283u);
	ck_assert_uint_eq(crc_of(bytes, sizeof(bytes)), 0x8a9136aau);
	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_uint_eq(crc_of(bytes, sizeof(bytes)), 0x62a8ab43u);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	ck_assert_uint_eq(crc_of(bytes, sizeof(bytes)), 0x46dd794eu);
}
END_TEST

static uint32_t bitwise(uint32_t crc, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return crc;
}

START_TEST(goes_on_where_it_stopped)
{
	uint8_t bytes[300];
	uint32_t whole;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + 3);
	whole = bitwise(UINT32_MAX, bytes, sizeof(bytes));
	for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
		uint32_t raw = crc32c_update(UINT32_MAX, bytes, cut);

		ck_assert_uint_eq(raw, bitwise(UINT32_MAX, bytes, cut));
		ck_assert_uint_eq(crc32c_update(raw, bytes + cut, sizeof(bytes) - cut), whole);
	}
}
END_TEST

START_TEST(seals_and_finds_every_flipped_bit)
{
	uint8_t block[64];

	for (size_t at = 0; at <= sizeof(block) - 4; at += 15) {
		for (size_t i = 0; i < sizeof(block); i++)
			block[i] = (uint8_t)(i ^ 0x5a);
		crc32c_block_seal(block, sizeof(block), at);
		ck_assert(crc32c_block_ok(block, sizeof(block), at));
		for (size_t bit = 0; bit < sizeof(block) * 8; bit++) {
			block[bit / 8] ^= (uint8_t)(1u << bit % 8);
			ck_assert(!crc32c_block_ok(block, sizeof(block), at));
			block[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}
END_TEST

START_TEST(own_bytes_count_as_zero_and_are_stored_little_endian)
{
	uint8_t block[16] = {1, 2, 3, 4, 0xaa, 0xbb, 0xcc, 0xdd, 5, 6, 7, 8, 9, 10, 11, 12};
	uint8_t zeroed[16];
	uint32_t crc;

	memcpy(zeroed, block, sizeof(block));
	memset(zeroed + 4, 0, 4);
	crc = crc_of(zeroed, sizeof(zeroed));
	ck_assert_uint_eq(crc32c_block(block, sizeof(block), 4), crc);
	crc32c_block_seal(block, sizeof(block), 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(block[4 + i], (uint8_t)(crc >> 8 * i));
}
END_TEST

Suite *crc32c_suite(void)
{
	Suite *suite = suite_create("crc32c");
	TCase *tc = tcase_create("crc32c");

	tcase_add_test(tc, knows_published_values);
	tcase_add_test(tc, goes_on_where_it_stopped);
	tcase_add_test(tc, seals_and_finds_every_flipped_bit);
	tcase_add_test(tc, own_bytes_count_as_zero_and_are_stored_little_endian);
	suite_add_tcase(suite, tc);
	return suite;
}
