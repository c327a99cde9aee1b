/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Progress as lines for fsck(8). */
#include "report/progress_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/escape.h"

/* Where the passes begin and the last one ends, in thousandths of the whole. */
static const unsigned bounds[] = {0, 700, 900, 920, 950, 1000};
#define PASSES (sizeof(bounds) / sizeof(bounds[0]) - 1)

/* In one call, so that whoever reads gets whole lines. That nobody reads does not stop the check. */
static void tell(const struct progress_lines *lines, unsigned permille)
{
	unsigned pass = 1;
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return;
	while (pass < PASSES && permille > bounds[pass])
		pass++;
	fprintf(memory, "%u %u %u ", pass, permille - bounds[pass - 1], bounds[pass] - bounds[pass - 1]);
	escape_text(memory, lines->device, strlen(lines->device));
	fputc('\n', memory);
	if (fclose(memory) == 0)
		(void)!write(lines->fd, text, len);
	free(text);
}

static int step(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	struct progress_lines *lines = arg;
	unsigned permille;

	(void)pass;
	if (lines->stop && *lines->stop)
		return 1;
	if (total == 0)
		return 0;
	permille = progress_permille(done, total);
	if (permille < lines->told_permille)
		return 0;
	lines->told_permille = permille + 1;
	tell(lines, permille);
	return 0;
}

struct progress progress_lines_hook(struct progress_lines *lines)
{
	return (struct progress){.step = step, .arg = lines};
}
