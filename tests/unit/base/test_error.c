/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* That every code has its words, and every way of failing fills all of the struct. */
#include "base/error.h"

#include <check.h>
#include <errno.h>
#include <string.h>

Suite *error_suite(void);

static void fill_with_rubbish(struct error *err)
{
	memset(err, 0x5a, sizeof(*err));
	err->has_offset = true;
}

START_TEST(every_code_has_words_of_its_own)
{
	for (int code = ERR_CANCELLED; code <= ERR_NOMEM; code++) {
		ck_assert_str_ne(err_text(code), "unknown error");
		for (int other = ERR_CANCELLED; other < code; other++)
			ck_assert_str_ne(err_text(code), err_text(other));
	}
	ck_assert_str_eq(err_text(0), "unknown error");
	ck_assert_str_eq(err_text(ERR_CANCELLED - 1), "unknown error");
}
END_TEST

START_TEST(every_flaw_has_words_of_its_own)
{
	for (int flaw = FLAW_NONE; flaw <= FLAW_LOOP; flaw++) {
		ck_assert_str_ne(flaw_text((enum flaw)flaw), "unknown flaw");
		for (int other = FLAW_NONE; other < flaw; other++)
			ck_assert_str_ne(flaw_text((enum flaw)flaw), flaw_text((enum flaw)other));
	}
}
END_TEST

START_TEST(plain_failure)
{
	struct error err;

	fill_with_rubbish(&err);
	ck_assert_int_eq(error_set(&err, ERR_INVALID, "%s is %d", "it", 7), ERR_INVALID);
	ck_assert_int_eq(err.code, ERR_INVALID);
	ck_assert_int_eq(err.sys_errno, 0);
	ck_assert_int_eq(err.flaw, FLAW_NONE);
	ck_assert(!err.has_offset);
	ck_assert_str_eq(err.text, "it is 7");
}
END_TEST

START_TEST(failed_system_call)
{
	struct error err;

	fill_with_rubbish(&err);
	ck_assert_int_eq(error_set_errno(&err, ERR_IO, ENOENT, "cannot open x"), ERR_IO);
	ck_assert_int_eq(err.sys_errno, ENOENT);
	ck_assert(!err.has_offset);
	ck_assert_str_eq(err.text, "cannot open x: No such file or directory");
}
END_TEST

START_TEST(failure_with_a_place)
{
	struct error err;

	fill_with_rubbish(&err);
	ck_assert_int_eq(error_set_at(&err, ERR_MEDIA, 1257472, "bad"), ERR_MEDIA);
	ck_assert(err.has_offset);
	ck_assert_uint_eq(err.offset_bytes, 1257472);
	ck_assert_int_eq(err.flaw, FLAW_NONE);

	fill_with_rubbish(&err);
	ck_assert_int_eq(error_corrupt(&err, FLAW_CRC, 4096, "block %u", 1u), ERR_CORRUPT);
	ck_assert_int_eq(err.code, ERR_CORRUPT);
	ck_assert_int_eq(err.flaw, FLAW_CRC);
	ck_assert(err.has_offset);
	ck_assert_uint_eq(err.offset_bytes, 4096);
	ck_assert_str_eq(err.text, "block 1");
}
END_TEST

START_TEST(long_sentences_are_cut)
{
	struct error err;
	char longer[1000];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(error_set_errno(&err, ERR_IO, ENOENT, "%s", longer), ERR_IO);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(nobody_need_want_to_know)
{
	ck_assert_int_eq(error_set(NULL, ERR_IO, "x"), ERR_IO);
	ck_assert_int_eq(error_set_errno(NULL, ERR_BUSY, EBUSY, "x"), ERR_BUSY);
	ck_assert_int_eq(error_set_at(NULL, ERR_MEDIA, 1, "x"), ERR_MEDIA);
	ck_assert_int_eq(error_corrupt(NULL, FLAW_LOOP, 1, "x"), ERR_CORRUPT);
}
END_TEST

Suite *error_suite(void)
{
	Suite *suite = suite_create("error");
	TCase *tc = tcase_create("error");

	tcase_add_test(tc, every_code_has_words_of_its_own);
	tcase_add_test(tc, every_flaw_has_words_of_its_own);
	tcase_add_test(tc, plain_failure);
	tcase_add_test(tc, failed_system_call);
	tcase_add_test(tc, failure_with_a_place);
	tcase_add_test(tc, long_sentences_are_cut);
	tcase_add_test(tc, nobody_need_want_to_know);
	suite_add_tcase(suite, tc);
	return suite;
}
