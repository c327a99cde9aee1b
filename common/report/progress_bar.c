/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bar on a terminal. It is drawn anew only where it would look different, so that drawing costs nothing. */
#include "report/progress_bar.h"

#include <inttypes.h>
#include <string.h>

/* The bar itself fills what its name and the percentage leave. */
#define BAR_MAX 40u
#define BAR_MIN 5u

/* Earlier an estimate would jump. */
#define ESTIMATE_AFTER_SECONDS 2u
#define LEFT_TEXT	       PROGRESS_BAR_LEFT

static void draw(struct progress_bar *bar, const char *pass, unsigned permille, bool known, const char *left)
{
	int used = fprintf(bar->out, "\r\033[K%s ", pass);
	/* " 100.0 %" and the brackets; the last column stays free, or some terminals would wrap. */
	unsigned taken = (used > 4 ? (unsigned)used - 4 : 0) + 11 + (unsigned)strlen(left);
	unsigned width = bar->columns > taken ? bar->columns - taken : 0;

	if (width > BAR_MAX)
		width = BAR_MAX;
	if (known && width >= BAR_MIN) {
		unsigned filled = (unsigned)((uint64_t)width * permille / 1000);

		fputc('[', bar->out);
		for (unsigned i = 0; i < width; i++)
			fputc(i < filled ? '=' : ' ', bar->out);
		fputs("] ", bar->out);
	}
	if (known)
		fprintf(bar->out, "%u.%u %%%s", permille / 10, permille % 10, left);
	else
		fputs("...", bar->out);
	fflush(bar->out);
}

/*
 * The time left, if what is done took as long for its part as the rest will. Nothing before there is enough to judge
 * by.
 * @done is less than or equal to @total.
 */
static void estimate(struct progress_bar *bar, uint64_t done, uint64_t total, char text[LEFT_TEXT])
{
	uint64_t now = bar->seconds(), left;

	/* Another pass has begun from its start. */
	if (!bar->shown || done < bar->last_done) {
		bar->began = now;
		bar->began_done = done;
	}
	bar->last_done = done;
	text[0] = '\0';
	if (now - bar->began < ESTIMATE_AFTER_SECONDS || done - bar->began_done < total / 100)
		return;
	left = (uint64_t)((double)(now - bar->began) * (double)(total - done) / (double)(done - bar->began_done));
	if (left >= 3600)
		snprintf(text, LEFT_TEXT, ", %" PRIu64 ":%02u:%02u left", left / 3600, (unsigned)(left / 60 % 60),
			 (unsigned)(left % 60));
	else
		snprintf(text, LEFT_TEXT, ", %u:%02u left", (unsigned)(left / 60), (unsigned)(left % 60));
}

static int step(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	struct progress_bar *bar = arg;
	unsigned permille = total > 0 ? progress_permille(done, total) : 0;
	char left[LEFT_TEXT] = "";

	if (bar->stop && *bar->stop)
		return 1;
	if (!bar->out)
		return 0;
	if (bar->seconds && total >= 100)
		estimate(bar, done < total ? done : total, total, left);
	if (bar->shown && bar->pass == pass && bar->shown_permille == permille && strcmp(bar->shown_left, left) == 0)
		return 0;
	draw(bar, pass, permille, total > 0, left);
	bar->shown = true;
	bar->pass = pass;
	bar->shown_permille = permille;
	strcpy(bar->shown_left, left);
	return 0;
}

struct progress progress_bar_hook(struct progress_bar *bar)
{
	return (struct progress){.step = step, .arg = bar};
}

void progress_bar_clear(struct progress_bar *bar)
{
	if (!bar->shown)
		return;
	fputs("\r\033[K", bar->out);
	fflush(bar->out);
	bar->shown = false;
}
