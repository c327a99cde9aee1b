/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A picture of a device as SVG: its groups from top to bottom, in each the bytes from left to right, row by row. What
 * the space is used for shows as colour, how much of it several files own as heat, and what is bad is framed.
 */
#ifndef REPORT_MAP_SVG_H
#define REPORT_MAP_SVG_H

#include <stdio.h>

#include "check/damage/damage.h"
#include "fs/usage.h"

struct map_picture {
	const struct geometry *geo;
	const char *title; /* any bytes */
	unsigned columns;
	unsigned rows_per_group;
	struct usage_cell *cells; /* columns * rows_per_group of each group, in the order of the device */
	size_t cell_count;
	const struct interval_set *bad;	    /* bytes; settled */
	const struct damage_report *damage; /* what they hit; NULL: not asked */
};

/*
 * Cuts the file system into cells that fill a page: sets columns, rows_per_group, cells (empty, for usage_find) and
 * cell_count. map_picture_fini in any case. ERR_NOMEM.
 */
int map_picture_cut(struct map_picture *picture, const struct geometry *geo, struct error *err) MUST_CHECK;
void map_picture_fini(struct map_picture *picture);

/* Draws it. ERR_IO: writing failed. */
int report_map_svg(const struct map_picture *picture, FILE *out, struct error *err) MUST_CHECK;

#endif
