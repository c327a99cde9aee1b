/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user's list of bad blocks. */
#include "device/badblocks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "device/badblocks_text.h"

/* A right line has two numbers of 20 digits; more than this is some other file. */
#define LINE_MAX_BYTES 200

void badblocks_fini(struct badblocks *bad)
{
	interval_fini(&bad->bytes);
	*bad = (struct badblocks){0};
}

/* One line without its newline: its length, LINE_MAX_BYTES if longer than that, -1 at the end or after a failure. */
static int take_line(FILE *file, char *line)
{
	int len = 0, c;

	while ((c = getc(file)) != EOF && c != '\n') {
		if (len == LINE_MAX_BYTES)
			return len;
		line[len++] = (char)c;
	}
	return c == EOF && (len == 0 || ferror(file)) ? -1 : len;
}

static int read_lines(FILE *file, const char *path, struct badblocks *bad, struct error *err)
{
	char line[LINE_MAX_BYTES];
	int len;

	for (unsigned long number = 1; (len = take_line(file, line)) >= 0; number++) {
		struct interval range;
		const char *wrong = len == LINE_MAX_BYTES ? "the line is too long"
							   : badblocks_parse_line(line, (size_t)len, &range);

		if (wrong)
			return error_set(err, ERR_INVALID, "%s, line %lu: %s", path, number, wrong);
		if (interval_add(&bad->bytes, range.start, range.end) != 0)
			return error_set(err, ERR_NOMEM, "no memory for the bad blocks of %s", path);
	}
	if (ferror(file))
		return error_set_errno(err, ERR_IO, errno, "cannot read %s", path);
	interval_settle(&bad->bytes);
	return 0;
}

int badblocks_read_file(const char *path, struct badblocks *out, struct error *err)
{
	struct badblocks bad = {0};
	FILE *file = fopen(path, "re");
	int rc;

	if (!file)
		return error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	rc = read_lines(file, path, &bad, err);
	(void)fclose(file);
	if (rc != 0) {
		badblocks_fini(&bad);
		return rc;
	}
	*out = bad;
	return 0;
}
