/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of a report: whole or not at all, and nothing left beside it. */
#include "report/output.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_output.XXXXXX";

static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	umask(027);
}

/* How many names the folder has. */
static unsigned names(void)
{
	DIR *dir = opendir(".");
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void remove_folder(void)
{
	static const char *const all[] = {"report", "link", "pipe"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)unlink(all[i]);
	ck_assert_msg(rmdir(folder) == 0, "a file is left in %s", folder);
}

static void check_content(const char *path, const char *expected)
{
	char text[100] = "";
	FILE *file = fopen(path, "r");

	ck_assert_msg(file != NULL, "%s is missing", path);
	ck_assert_uint_eq(fread(text, 1, sizeof(text) - 1, file), strlen(expected));
	ck_assert_str_eq(text, expected);
	fclose(file);
}

static void write_report(const char *path, const char *text)
{
	struct output output = {0};
	struct error err = {0};

	ck_assert_msg(output_open(path, &output, &err) == 0, "%s", err.text);
	fputs(text, output.file);
	ck_assert_msg(output_commit(&output, &err) == 0, "%s", err.text);
	output_drop(&output);
}

START_TEST(test_replaces)
{
	struct stat st;

	write_report("report", "one\n");
	check_content("report", "one\n");
	write_report("./report", "two\n");
	check_content("report", "two\n");
	ck_assert_uint_eq(names(), 1);
	/* as any file that the user makes: the collector is another user */
	ck_assert_int_eq(stat("report", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}
END_TEST

START_TEST(test_drops)
{
	struct output output = {0};
	struct error err = {0};

	write_report("report", "one\n");
	ck_assert_int_eq(output_open("report", &output, &err), 0);
	fputs("half", output.file);
	ck_assert_int_eq(fflush(output.file), 0);
	check_content("report", "one\n");
	ck_assert_uint_eq(names(), 2);
	output_drop(&output);
	check_content("report", "one\n");
	ck_assert_uint_eq(names(), 1);
}
END_TEST

/* The link stays, its target is replaced. */
START_TEST(test_link)
{
	struct stat st;

	write_report("report", "one\n");
	ck_assert_int_eq(symlink("report", "link"), 0);
	write_report("link", "two\n");
	check_content("report", "two\n");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

/* A pipe is written to, never replaced. */
START_TEST(test_pipe)
{
	struct stat st;
	char text[10] = "";
	int fd;

	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	write_report("pipe", "one\n");
	ck_assert_int_eq(read(fd, text, sizeof(text)), 4);
	ck_assert_str_eq(text, "one\n");
	ck_assert_int_eq(stat("pipe", &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	close(fd);
}
END_TEST

static const struct {
	const char *path;
	int code;
} refused[] = {
	{".", ERR_INVALID},	    /* a folder */
	{"missing/report", ERR_IO}, /* no such folder */
	{"/dev/null/x", ERR_IO},    /* no folder */
};

START_TEST(test_refuses)
{
	struct output output = {0};
	struct error err = {0};

	ck_assert_int_eq(output_open(refused[_i].path, &output, &err), refused[_i].code);
	ck_assert_str_ne(err.text, "");
	ck_assert_ptr_null(output.file);
	output_drop(&output);
	ck_assert_uint_eq(names(), 0);
}
END_TEST

/* What is found out only when the last bytes are written counts. */
START_TEST(test_full)
{
	struct output output = {0};
	struct error err = {0};

	ck_assert_int_eq(output_open("/dev/full", &output, &err), 0);
	fputs("lost", output.file);
	ck_assert_int_eq(output_commit(&output, &err), ERR_IO);
	ck_assert_ptr_null(output.file);
}
END_TEST

Suite *output_suite(void);

Suite *output_suite(void)
{
	Suite *suite = suite_create("output");
	TCase *tcase = tcase_create("output");

	tcase_add_checked_fixture(tcase, make_folder, remove_folder);
	tcase_add_test(tcase, test_replaces);
	tcase_add_test(tcase, test_drops);
	tcase_add_test(tcase, test_link);
	tcase_add_test(tcase, test_pipe);
	tcase_add_loop_test(tcase, test_refuses, 0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, test_full);
	suite_add_tcase(suite, tcase);
	return suite;
}
