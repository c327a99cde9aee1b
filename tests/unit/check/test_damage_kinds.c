/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The catalogue of damage: each kind has all its texts, and they keep to the form that reports rely on. */
#include <ctype.h>
#include <string.h>

#include "check/damage/damage.h"
#include "unit/runner.h"

Suite *damage_kinds_suite(void);

static void expect_sentence(const char *text)
{
	size_t len;

	ck_assert_ptr_nonnull(text);
	len = strlen(text);
	ck_assert_uint_gt(len, 10);
	ck_assert_msg(text[len - 1] == '.', "no full stop: %s", text);
	ck_assert_msg(isupper((unsigned char)text[0]), "no capital: %s", text);
}

static void expect_plain(const char *text)
{
	for (; *text; text++)
		ck_assert_msg((unsigned char)*text >= ' ' && (unsigned char)*text < 127 && *text != '%' &&
				      *text != '"' && *text != '\\',
			      "'%c' in a text", *text);
}

START_TEST(has_all_texts)
{
	const struct damage_kind *kind = &damage_kinds[_i];

	ck_assert_ptr_nonnull(kind->name);
	ck_assert_ptr_nonnull(kind->title);
	expect_sentence(kind->meaning);
	expect_sentence(kind->rebuild);
	expect_plain(kind->title);
	expect_plain(kind->meaning);
	expect_plain(kind->rebuild);
	ck_assert_uint_gt(strlen(kind->title), 2);
	ck_assert(kind->title[strlen(kind->title) - 1] != '.');
	ck_assert(kind->hurt == HURT_NOBODY || kind->hurt == HURT_FILE || kind->hurt == HURT_METADATA);
	/* A label of metrics and a value in JSON. */
	ck_assert_uint_gt(strlen(kind->name), 2);
	for (const char *at = kind->name; *at; at++)
		ck_assert_msg(islower((unsigned char)*at) || *at == '_', "'%c' in name %s", *at, kind->name);
}
END_TEST

START_TEST(has_a_name_of_its_own)
{
	for (int i = 0; i < _i; i++) {
		ck_assert_str_ne(damage_kinds[i].name, damage_kinds[_i].name);
		ck_assert_str_ne(damage_kinds[i].title, damage_kinds[_i].title);
	}
}
END_TEST

Suite *damage_kinds_suite(void)
{
	Suite *suite = suite_create("damage_kinds");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, has_all_texts, 0, DAMAGE_CODES);
	tcase_add_loop_test(tcase, has_a_name_of_its_own, 0, DAMAGE_CODES);
	suite_add_tcase(suite, tcase);
	return suite;
}
