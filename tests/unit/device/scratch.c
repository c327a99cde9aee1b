/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/device/scratch.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void scratch_init(struct scratch *scratch)
{
	const char *base = getenv("TMPDIR");

	ck_assert_int_lt(snprintf(scratch->dir, sizeof(scratch->dir), "%s/xfsdax-XXXXXX",
				  base && strlen(base) < 40 ? base : "/tmp"),
			 (int)sizeof(scratch->dir));
	ck_assert_ptr_nonnull(mkdtemp(scratch->dir));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void scratch_fini(struct scratch *scratch)
{
	ck_assert_int_eq(nftw(scratch->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *scratch_path(const struct scratch *scratch, const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	ck_assert_int_lt(snprintf(path, PATH_MAX, "%s/%s", scratch->dir, name), PATH_MAX);
	return path;
}

static const char *with_parents(const struct scratch *scratch, const char *name)
{
	char *path = (char *)(uintptr_t)scratch_path(scratch, name);

	for (char *slash = path + strlen(scratch->dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0700); /* may be there */
		*slash = '/';
	}
	return path;
}

void scratch_write(const struct scratch *scratch, const char *name, const char *text)
{
	FILE *file = fopen(with_parents(scratch, name), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

void scratch_link(const struct scratch *scratch, const char *name, const char *target)
{
	ck_assert_int_eq(symlink(target, with_parents(scratch, name)), 0);
}

void scratch_folder(const struct scratch *scratch, const char *name)
{
	ck_assert_int_eq(mkdir(with_parents(scratch, name), 0700), 0);
}

/* Differs from sector to sector and from page to page. */
uint8_t image_byte(uint64_t offset)
{
	return (uint8_t)(offset * 31 + offset / 512 * 7 + offset / 65536);
}

void scratch_image(const struct scratch *scratch, const char *name, uint64_t size)
{
	static uint8_t buffer[65536];
	FILE *file = fopen(with_parents(scratch, name), "w");

	ck_assert_ptr_nonnull(file);
	for (uint64_t at = 0; at < size; at += sizeof(buffer)) {
		size_t len = size - at < sizeof(buffer) ? (size_t)(size - at) : sizeof(buffer);

		for (size_t i = 0; i < len; i++)
			buffer[i] = image_byte(at + i);
		ck_assert_uint_eq(fwrite(buffer, 1, len, file), len);
	}
	ck_assert_int_eq(fclose(file), 0);
}

void expect_ranges(const struct interval_set *set, const uint64_t (*pairs)[2], size_t count)
{
	ck_assert(!set->unsettled);
	ck_assert_uint_eq(set->count, count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(set->items[i].start, pairs[i][0]);
		ck_assert_uint_eq(set->items[i].end, pairs[i][1]);
	}
}
