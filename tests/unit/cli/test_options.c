/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sentences about mistakes on a command line. */
#include "cli/options.h"

#include <check.h>

static const struct option known[] = {
	{"json", no_argument, NULL, 300},
	{"file", required_argument, NULL, 301},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static const struct {
	const char *word, *sentence; /* NULL: nothing is wrong */
} words[] = {
	{"--json", NULL},
	{"-h", NULL},
	{"--file=x", NULL},
	{"--json=yes", "--json takes no value"},
	{"--help=", "--help takes no value"},
	{"--file", "--file wants a value"},
	{"-f", "-f wants a value"},
	{"-x", "there is no option -x"},
	{"-hx", "there is no option -x"},
	{"--bogus", "there is no option --bogus"},
	{"--bogus=1", "there is no option --bogus=1"},
};

START_TEST(test_refuse)
{
	char *argv[] = {(char[]){"program"}, (char *)(uintptr_t)words[_i].word, NULL};
	struct error err = {0};
	int option, rc = 0;

	opterr = 0;
	while (rc == 0 && (option = getopt_long(2, argv, ":f:h", known, NULL)) != -1)
		if (option == '?' || option == ':')
			rc = cli_refuse(known, option, cli_argument(argv), &err);
	ck_assert_int_eq(rc, words[_i].sentence ? ERR_INVALID : 0);
	ck_assert_str_eq(err.text, words[_i].sentence ? words[_i].sentence : "");
}
END_TEST

START_TEST(test_file)
{
	const char *file = NULL;
	struct error err = {0};

	ck_assert_int_eq(cli_set_file(&file, "--file", "", &err), ERR_INVALID);
	ck_assert_str_eq(err.text, "--file names no file");
	ck_assert_int_eq(cli_set_file(&file, "--file", "a", &err), 0);
	ck_assert_str_eq(file, "a");
	ck_assert_int_eq(cli_set_file(&file, "--file", "b", &err), ERR_INVALID);
	ck_assert_str_eq(err.text, "--file is given twice");
}
END_TEST

START_TEST(test_threads)
{
	static const char *const wrong[] = {"", "0", "1025", "-1", "4x", "1K", " 1", "99999999999999999999"};
	unsigned threads = 0;
	struct error err = {0};

	ck_assert_int_eq(cli_set_threads(&threads, "1024", &err), 0);
	ck_assert_uint_eq(threads, 1024);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(cli_set_threads(&threads, wrong[i], &err) == ERR_INVALID, "%s", wrong[i]);
	ck_assert_uint_eq(threads, 1024);
}
END_TEST

Suite *options_suite(void);

Suite *options_suite(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");

	tcase_add_loop_test(tcase, test_refuse, 0, sizeof(words) / sizeof(words[0]));
	tcase_add_test(tcase, test_file);
	tcase_add_test(tcase, test_threads);
	suite_add_tcase(suite, tcase);
	return suite;
}
