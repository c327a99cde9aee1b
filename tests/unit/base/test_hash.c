/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sums of 128 bits: carries, order, and that other secrets, words and places give other hashes. */
#include "base/hash.h"

#include <check.h>
#include <string.h>

Suite *hash_suite(void);

static struct hash_secret secret_of(uint8_t first)
{
	struct hash_secret secret;

	for (size_t i = 0; i < sizeof(secret.bytes); i++)
		secret.bytes[i] = (uint8_t)(first + i * 37);
	return secret;
}

START_TEST(sums_carry)
{
	struct hash_sum sum = {UINT64_MAX, 1};

	hash_sum_add(&sum, (struct hash_sum){1, 0});
	ck_assert_uint_eq(sum.low, 0);
	ck_assert_uint_eq(sum.high, 2);
	hash_sum_subtract(&sum, (struct hash_sum){1, 0});
	ck_assert_uint_eq(sum.low, UINT64_MAX);
	ck_assert_uint_eq(sum.high, 1);
}
END_TEST

START_TEST(times_is_adding_often)
{
	struct hash_secret secret = secret_of(3);
	struct hash_sum term = hash_words(&secret, 1, 2, 3, 4), often = {0}, at_once = {0};

	for (int i = 0; i < 1000; i++)
		hash_sum_add(&often, term);
	hash_sum_add_times(&at_once, term, 1000);
	ck_assert(hash_sum_equal(often, at_once));
	hash_sum_add_times(&at_once, (struct hash_sum){UINT64_MAX, UINT64_MAX}, UINT32_MAX);
	hash_sum_add_times(&at_once, (struct hash_sum){1, 0}, UINT32_MAX);
	ck_assert_msg(hash_sum_equal(often, at_once), "all ones are -1");
}
END_TEST

START_TEST(order_does_not_matter)
{
	struct hash_secret secret = secret_of(9);
	struct hash_sum up = {0}, down = {0};

	for (uint64_t i = 0; i < 100; i++) {
		hash_sum_add(&up, hash_words(&secret, i, 0, 0, 0));
		hash_sum_add(&down, hash_words(&secret, 99 - i, 0, 0, 0));
	}
	ck_assert(hash_sum_equal(up, down));
}
END_TEST

START_TEST(everything_matters)
{
	struct hash_secret one = secret_of(1), two = secret_of(2);
	struct hash_sum hash = hash_words(&one, 1, 2, 3, 4);

	ck_assert(hash_sum_equal(hash, hash_words(&one, 1, 2, 3, 4)));
	ck_assert(!hash_sum_equal(hash, hash_words(&two, 1, 2, 3, 4)));
	ck_assert(!hash_sum_equal(hash, hash_words(&one, 2, 1, 3, 4)));
	ck_assert(!hash_sum_equal(hash, hash_words(&one, 1, 2, 3, 5)));
	ck_assert_uint_ne(hash_bytes(&one, "ab", 2), hash_bytes(&one, "ab", 1));
	ck_assert_uint_ne(hash_bytes(&one, "ab", 2), hash_bytes(&two, "ab", 2));
}
END_TEST

Suite *hash_suite(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = tcase_create("hash");

	tcase_add_test(tcase, sums_carry);
	tcase_add_test(tcase, times_is_adding_often);
	tcase_add_test(tcase, order_does_not_matter);
	tcase_add_test(tcase, everything_matters);
	suite_add_tcase(suite, tcase);
	return suite;
}
