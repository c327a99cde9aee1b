/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is found out of a file before it is formatted. Block devices: tests/kernel and tests/vm. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/topology.h"
#include "unit/runner.h"

static char path[] = "/tmp/test_topology.XXXXXX";
static int fd;

static void set_up(void)
{
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 16 << 20), 0);
}

static void tear_down(void)
{
	close(fd);
	unlink(path);
}

START_TEST(a_file_has_sectors_of_512)
{
	struct topology found;
	struct error err;

	ck_assert_int_eq(topology_read(path, &found, &err), 0);
	ck_assert(found.is_file && !found.is_partition && !found.dax_capable);
	ck_assert_uint_eq(found.size_bytes, 16 << 20);
	ck_assert_uint_eq(found.logical_sector_bytes, 512);
	ck_assert_uint_eq(found.physical_sector_bytes, 512);
	ck_assert_uint_eq(found.minimum_io_bytes, 0);
}
END_TEST

START_TEST(other_things_are_refused)
{
	struct topology found;
	struct error err;

	ck_assert_int_eq(topology_read("/dev/null", &found, &err), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "neither a block device nor a file"));
	ck_assert_int_eq(topology_read("/no/such/file", &found, &err), ERR_IO);
}
END_TEST

START_TEST(signatures_are_named)
{
	/* Where each lies: ext2/3/4 0xef53 at 1080, XFS at 0, a DOS partition table at 510 with one entry at 446. */
	static const uint8_t entry[16] = {0x80, 1, 1, 0, 0x83, 1, 1, 0, 0, 8, 0, 0, 0, 8, 0, 0};
	char *name = NULL;
	struct error err;

	ck_assert_int_eq(signature_find(path, &name, &err), 0);
	ck_assert_int_eq(pwrite(fd, entry, sizeof(entry), 446), sizeof(entry));
	ck_assert_int_eq(pwrite(fd, "\x55\xaa", 2, 510), 2);
	ck_assert_int_eq(signature_find(path, &name, &err), 1);
	ck_assert_str_eq(name, "dos partition table");
	free(name);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(ftruncate(fd, 16 << 20), 0);
	ck_assert_int_eq(pwrite(fd, "SWAPSPACE2", 10, 4096 - 10), 10);
	ck_assert_int_eq(pwrite(fd, "\x01\0\0\0", 4, 1024), 4);
	ck_assert_int_eq(pwrite(fd, "\xff\x0f\0\0", 4, 1028), 4);
	ck_assert_int_eq(signature_find(path, &name, &err), 1);
	ck_assert_str_eq(name, "swap");
	free(name);
}
END_TEST

Suite *topology_suite(void);

Suite *topology_suite(void)
{
	Suite *suite = suite_create("topology");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_file_has_sectors_of_512);
	tcase_add_test(tcase, other_things_are_refused);
	tcase_add_test(tcase, signatures_are_named);
	suite_add_tcase(suite, tcase);
	return suite;
}
