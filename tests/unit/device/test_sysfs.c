/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small text files: there, not there, and with something else in them. */
#include "device/sysfs.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "unit/device/scratch.h"

Suite *sysfs_suite(void);

static struct scratch scratch;
static struct error err;

static void setup(void)
{
	scratch_init(&scratch);
}

static void teardown(void)
{
	scratch_fini(&scratch);
}

START_TEST(text)
{
	char *out;
	size_t len;

	scratch_write(&scratch, "a", "two\nlines\n");
	ck_assert_int_eq(sysfs_text(&out, &len, &err, "%s/%s", scratch.dir, "a"), 1);
	ck_assert_uint_eq(len, 10);
	ck_assert_str_eq(out, "two\nlines\n");
	free(out);
	ck_assert_int_eq(sysfs_text(&out, &len, &err, "%s/none", scratch.dir), 0);
	ck_assert_int_eq(sysfs_text(&out, &len, &err, "%s/a/none", scratch.dir), 0);
	ck_assert_int_eq(sysfs_text(&out, &len, &err, "%s", scratch.dir), ERR_IO); /* a folder */
}
END_TEST

START_TEST(numbers)
{
	static const struct {
		const char *text;
		int rc;
		uint64_t value;
	} cases[] = {
		{"0\n", 1, 0},
		{"9999999999999999999\n", 1, 9999999999999999999u},
		{"17", 1, 17},
		{"", ERR_CORRUPT, 0},			    /* nothing */
		{"-1\n", ERR_CORRUPT, 0},		    /* negative */
		{"17 18\n", ERR_CORRUPT, 0},		    /* two */
		{"0x11\n", ERR_CORRUPT, 0},		    /* not decimal */
		{"18446744073709551616\n", ERR_CORRUPT, 0}, /* too large */
	};
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scratch_write(&scratch, "n", cases[i].text);
		ck_assert_int_eq(sysfs_u64(&value, &err, "%s/n", scratch.dir), cases[i].rc);
		if (cases[i].rc == 1)
			ck_assert_uint_eq(value, cases[i].value);
	}
	ck_assert_int_eq(sysfs_u64(&value, &err, "%s/none", scratch.dir), 0);
}
END_TEST

START_TEST(device_numbers)
{
	static const char *const wrong[] = {"", "8", "8:", "8:1:2", "8 1 2", "x:1", "8:1 2"};
	dev_t devno;

	scratch_write(&scratch, "dev", "259:1048575\n");
	ck_assert_int_eq(sysfs_devno(&devno, &err, "%s/dev", scratch.dir), 1);
	ck_assert(devno == makedev(259, 1048575));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		scratch_write(&scratch, "dev", wrong[i]);
		ck_assert_int_eq(sysfs_devno(&devno, &err, "%s/dev", scratch.dir), ERR_CORRUPT);
	}
}
END_TEST

START_TEST(links)
{
	char *name;

	scratch_link(&scratch, "to", "../../devices/x/pmem0");
	scratch_link(&scratch, "plain", "pmem1");
	ck_assert_int_eq(sysfs_link_name(&name, &err, "%s/to", scratch.dir), 1);
	ck_assert_str_eq(name, "pmem0");
	free(name);
	ck_assert_int_eq(sysfs_link_name(&name, &err, "%s/plain", scratch.dir), 1);
	ck_assert_str_eq(name, "pmem1");
	free(name);
	ck_assert_int_eq(sysfs_link_name(&name, &err, "%s/none", scratch.dir), 0);
}
END_TEST

struct names {
	unsigned count;
	unsigned stop_at;
};

static int count_names(void *arg, const char *name, struct error *why)
{
	struct names *names = arg;

	(void)why;
	ck_assert(strcmp(name, "a") == 0 || strcmp(name, "b") == 0 || strcmp(name, "c") == 0);
	return ++names->count == names->stop_at ? 7 : 0;
}

START_TEST(names_in_a_folder)
{
	struct names names = {0, 0};

	scratch_write(&scratch, "f/a", "");
	scratch_write(&scratch, "f/b", "");
	scratch_folder(&scratch, "f/c");
	scratch_write(&scratch, "f/.hidden", "");
	ck_assert_int_eq(sysfs_names(scratch_path(&scratch, "f"), count_names, &names, &err), 0);
	ck_assert_uint_eq(names.count, 3);
	names = (struct names){0, 2};
	ck_assert_int_eq(sysfs_names(scratch_path(&scratch, "f"), count_names, &names, &err), 7);
	ck_assert_uint_eq(names.count, 2);
	ck_assert_int_eq(sysfs_names(scratch_path(&scratch, "none"), count_names, &names, &err), 0);
}
END_TEST

Suite *sysfs_suite(void)
{
	Suite *suite = suite_create("sysfs");
	TCase *tc = tcase_create("sysfs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, text);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, device_numbers);
	tcase_add_test(tc, links);
	tcase_add_test(tc, names_in_a_folder);
	suite_add_tcase(suite, tc);
	return suite;
}
