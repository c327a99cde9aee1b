/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for codes: names are distinct, and each stands in the manual. */
#include "report/words.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "format/inode.h"
#include "unit/report/manual.h"

#define DOUBTS (DOUBT_MEDIA + 1)

START_TEST(test_doubts)
{
	for (int a = 0; a < DOUBTS; a++) {
		const char *name = doubt_name((enum damage_doubt)a);

		ck_assert_str_ne(name, "unknown");
		ck_assert_str_ne(doubt_sentence((enum damage_doubt)a), "unknown");
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, name), "%s is not in the manual", name);
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(name, doubt_name((enum damage_doubt)b));
	}
}
END_TEST

START_TEST(test_tables)
{
	unsigned seen = 0;

	for (const struct bad_from_word *word = bad_from_words; word->flag; word++) {
		ck_assert_msg(!(seen & word->flag), "%s has the flag of another", word->name);
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, word->name), "%s is not in the manual", word->name);
		seen |= word->flag;
	}
	ck_assert_uint_eq(seen, BAD_FROM_FILE | BAD_FROM_OPTIONS | BAD_FROM_NDCTL | BAD_FROM_SYSFS | BAD_FROM_MEDIA);
	seen = 0;
	for (const struct damaged_word *word = damaged_words; word->flag; word++) {
		ck_assert_msg(!(seen & word->flag), "%s has the flag of another", word->name);
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, word->name), "%s is not in the manual", word->name);
		seen |= word->flag;
	}
	ck_assert_uint_eq(seen, DAMAGED_INODE | DAMAGED_ATTRIBUTES | DAMAGED_FORK_BTREE | DAMAGED_DIRECTORY |
					DAMAGED_SYMLINK);
}
END_TEST

START_TEST(test_names)
{
	static const uint16_t types[] = {INODE_MODE_FILE, INODE_MODE_DIR,   INODE_MODE_LINK,   INODE_MODE_FIFO,
					 INODE_MODE_CHAR, INODE_MODE_BLOCK, INODE_MODE_SOCKET, 0};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, file_type_name((uint16_t)(types[i] | 0755))), "%#o", types[i]);
	ck_assert_str_eq(file_type_name(INODE_MODE_DIR | 01777), "directory");
	ck_assert_str_eq(file_type_name(INODE_MODE_FILE | 04755), "regular");
	for (int i = HURT_NOBODY; i <= HURT_METADATA; i++)
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, hurt_name((enum damage_hurt)i)), "%d", i);
	for (int i = FORK_DATA; i <= FORK_ATTR; i++)
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, fork_name((enum fork_kind)i)), "%d", i);
	for (int i = JOURNAL_CLEAN; i <= JOURNAL_DAMAGED; i++)
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, journal_name((enum journal_condition)i)), "%d", i);
}
END_TEST

START_TEST(test_owners_from)
{
	static const char *const known[] = {"rmapbt", "getfsmap", "forks", "bmapx"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		ck_assert_str_ne(owners_from_sentence(known[i]), "not known");
		ck_assert_msg(manual_quotes(MANUAL_SCRUB, known[i]), "%s is not in the manual", known[i]);
	}
	ck_assert_str_eq(owners_from_sentence(NULL), "not known");
	ck_assert_str_eq(owners_from_sentence("tea leaves"), "not known");
}
END_TEST

static const struct {
	struct error err;
	const char *sentence;
} errors[] = {
	{{.code = ERR_IO, .text = "cannot open x"}, "cannot open x"},
	{{.code = ERR_MEDIA}, "media error"},
	{{.code = ERR_CORRUPT, .flaw = FLAW_CRC}, "bad checksum"},
	{{.code = ERR_CORRUPT, .flaw = FLAW_CRC, .text = "AGF: bad checksum", .has_offset = true, .offset_bytes = 512},
	 "AGF: bad checksum, at byte 512 of the device"},
	{{.code = ERR_MEDIA, .text = "known to be bad at byte 512", .has_offset = true, .offset_bytes = 512},
	 "known to be bad at byte 512"},
	/* another byte than the one that is named */
	{{.code = ERR_MEDIA, .text = "known to be bad at byte 5120", .has_offset = true, .offset_bytes = 512},
	 "known to be bad at byte 5120, at byte 512 of the device"},
	{{.code = ERR_INVALID, .text = "two\nlines"}, "two\\nlines"},
};

START_TEST(test_errors)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	error_sentence(out, &errors[_i].err);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_str_eq(text, errors[_i].sentence);
	free(text);
}
END_TEST

Suite *words_suite(void);

Suite *words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *tcase = tcase_create("words");

	tcase_add_test(tcase, test_doubts);
	tcase_add_test(tcase, test_tables);
	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_owners_from);
	tcase_add_loop_test(tcase, test_errors, 0, sizeof(errors) / sizeof(errors[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
