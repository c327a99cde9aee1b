/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bar on a terminal. It is drawn anew only where it would look different, so that drawing costs nothing. */
#include "report/progress_bar.h"

#include <inttypes.h>

/* The bar itself fills what its name and the percentage leave. */
#define BAR_MAX 40u
#define BAR_MIN 5u

static void draw(struct progress_bar *bar, const char *pass, unsigned permille, bool known)
{
	int used = fprintf(bar->out, "\r\033[K%s ", pass);
	/* " 100.0 %" and the brackets; the last column stays free, or some terminals would wrap. */
	unsigned taken = (used > 4 ? (unsigned)used - 4 : 0) + 11;
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
		fprintf(bar->out, "%u.%u %%", permille / 10, permille % 10);
	else
		fputs("...", bar->out);
	fflush(bar->out);
}

/* In thousandths, without a product that could overflow. */
static unsigned permille_of(uint64_t done, uint64_t total)
{
	if (done >= total)
		return 1000;
	return total > UINT64_MAX / 1000 ? (unsigned)(done / (total / 1000 + 1)) : (unsigned)(done * 1000 / total);
}

static int step(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	struct progress_bar *bar = arg;
	unsigned permille = total > 0 ? permille_of(done, total) : 0;

	if (bar->stop && *bar->stop)
		return 1;
	if (!bar->out || (bar->shown && bar->pass == pass && bar->shown_permille == permille))
		return 0;
	draw(bar, pass, permille, total > 0);
	bar->shown = true;
	bar->pass = pass;
	bar->shown_permille = permille;
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
