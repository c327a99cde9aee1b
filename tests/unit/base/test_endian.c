/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Byte order both ways, and that the types have no padding and no alignment. */
#include "base/endian.h"

#include <check.h>
#include <stdalign.h>
#include <string.h>

Suite *endian_suite(void);

START_TEST(bytes_lie_in_the_order_of_the_format)
{
	static const uint8_t bytes[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
	be16 b16;
	be32 b32;
	be64 b64;
	le32 l32;

	memcpy(&b16, bytes, sizeof(b16));
	memcpy(&b32, bytes, sizeof(b32));
	memcpy(&b64, bytes, sizeof(b64));
	memcpy(&l32, bytes, sizeof(l32));
	ck_assert_uint_eq(be16_get(b16), 0x0123u);
	ck_assert_uint_eq(be32_get(b32), 0x01234567u);
	ck_assert_uint_eq(be64_get(b64), 0x0123456789abcdefu);
	ck_assert_uint_eq(le32_get(l32), 0x67452301u);

	b16 = be16_of(0x0123u);
	b32 = be32_of(0x01234567u);
	b64 = be64_of(0x0123456789abcdefu);
	l32 = le32_of(0x67452301u);
	ck_assert_mem_eq(&b16, bytes, sizeof(b16));
	ck_assert_mem_eq(&b32, bytes, sizeof(b32));
	ck_assert_mem_eq(&b64, bytes, sizeof(b64));
	ck_assert_mem_eq(&l32, bytes, sizeof(l32));
}
END_TEST

START_TEST(every_single_bit_survives)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t value = (uint64_t)1 << bit;

		ck_assert_uint_eq(be64_get(be64_of(value)), value);
		ck_assert_uint_eq(be32_get(be32_of((uint32_t)value)), (uint32_t)value);
		ck_assert_uint_eq(le32_get(le32_of((uint32_t)value)), (uint32_t)value);
		ck_assert_uint_eq(be16_get(be16_of((uint16_t)value)), (uint16_t)value);
	}
}
END_TEST

START_TEST(needs_no_alignment)
{
	ck_assert_uint_eq(sizeof(be16), 2);
	ck_assert_uint_eq(sizeof(be32), 4);
	ck_assert_uint_eq(sizeof(be64), 8);
	ck_assert_uint_eq(sizeof(le32), 4);
	ck_assert_uint_eq(alignof(be16) | alignof(be32) | alignof(be64) | alignof(le32), 1);
}
END_TEST

Suite *endian_suite(void)
{
	Suite *suite = suite_create("endian");
	TCase *tc = tcase_create("endian");

	tcase_add_test(tc, bytes_lie_in_the_order_of_the_format);
	tcase_add_test(tc, every_single_bit_survives);
	tcase_add_test(tc, needs_no_alignment);
	suite_add_tcase(suite, tc);
	return suite;
}
