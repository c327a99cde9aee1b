/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drawing the picture. A cell is a column of colours, as high as each use has a part of it: free space below, data
 * above it, metadata on top. Runs of cells that look alike are one rectangle.
 */
#include "report/map_svg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"
#include "report/size.h"

#define ROWS_WANTED   40u /* of the whole picture */
#define ROWS_MAX      24u /* of a group */
#define COLUMNS	      120u
#define CELL_WIDTH    9u
#define CELL_HEIGHT   14u
#define ROW_GAP	      2u
#define GROUP_GAP     8u
#define LEFT	      110u
#define TOP	      118u
#define RIGHT	      30u
#define BAD_LINES_MAX 20u /* of the list below the picture */

/* What is drawn alike. */
enum shade {
	SHADE_FREE,
	SHADE_RESERVED,
	SHADE_DATA, /* its colour is the heat */
	SHADE_FILES,
	SHADE_GROUP,
	SHADE_LOG,
	SHADE_UNKNOWN,
	SHADES,
};

static const struct {
	const char *colour;
	const char *title;
} shades[SHADES] = {
	[SHADE_FREE] = {"#e9edf1", "free"},
	[SHADE_RESERVED] = {"#b9d9d2", "unwritten, CoW staging"},
	[SHADE_DATA] = {"#7fa8d9", "file data"},
	[SHADE_FILES] = {"#4f9d5b", "inodes, directories, attributes, fork B+trees"},
	[SHADE_GROUP] = {"#7a5aa6", "headers and B+trees of groups"},
	[SHADE_LOG] = {"#8a6d3b", "journal"},
	[SHADE_UNKNOWN] = {"#222222", "not known"},
};

/* How many owners a byte of data has, on average, from one on. */
static const struct {
	double owners; /* up to which */
	const char *colour;
	const char *title;
} heats[] = {
	{1.001, "#7fa8d9", "1 owner"}, {1.5, "#f2cf63", "to 1.5"}, {2.5, "#f0a43c", "to 2.5"},
	{5.0, "#e2703a", "to 5"},      {20.0, "#c73e2c", "to 20"}, {1e300, "#7d1420", "more"},
};
#define HEATS (sizeof(heats) / sizeof(heats[0]))

static enum shade shade_of(enum usage_kind kind)
{
	switch (kind) {
	case USAGE_FREE:
		return SHADE_FREE;
	case USAGE_DATA:
		return SHADE_DATA;
	case USAGE_UNWRITTEN:
	case USAGE_COW:
		return SHADE_RESERVED;
	case USAGE_DIRECTORY:
	case USAGE_ATTRIBUTES:
	case USAGE_SYMLINK:
	case USAGE_FORK_BTREE:
	case USAGE_INTERNAL:
	case USAGE_INODES:
		return SHADE_FILES;
	case USAGE_INODE_TREES:
	case USAGE_SPACE_TREES:
	case USAGE_REFCOUNTBT:
	case USAGE_AG_HEADER:
		return SHADE_GROUP;
	case USAGE_LOG:
		return SHADE_LOG;
	case USAGE_UNKNOWN:
	case USAGE_KINDS:
		break;
	}
	return SHADE_UNKNOWN;
}

/* ------------------------------------------------------------------ cutting */

int map_picture_cut(struct map_picture *picture, const struct geometry *geo, struct error *err)
{
	uint64_t group_bytes = (uint64_t)geo->ag_blocks << geo->block_log;
	unsigned per_group;

	picture->geo = geo;
	picture->columns = COLUMNS;
	picture->rows_per_group = ROWS_WANTED / geo->ag_count;
	if (picture->rows_per_group < 1)
		picture->rows_per_group = 1;
	if (picture->rows_per_group > ROWS_MAX)
		picture->rows_per_group = ROWS_MAX;
	per_group = picture->columns * picture->rows_per_group;
	picture->cells = calloc((size_t)per_group * geo->ag_count, sizeof(*picture->cells));
	if (!picture->cells)
		return error_set(err, ERR_NOMEM, "no memory for a picture of %u groups", geo->ag_count);
	picture->cell_count = (size_t)per_group * geo->ag_count;
	for (uint32_t agno = 0; agno < geo->ag_count; agno++) {
		uint64_t start = agno * group_bytes;
		uint64_t end = start + ((uint64_t)geometry_ag_blocks(geo, agno) << geo->block_log);

		for (unsigned i = 0; i < per_group; i++) {
			struct usage_cell *cell = &picture->cells[(size_t)agno * per_group + i];
			/* Whole blocks; all groups to one scale, so a short last group ends early. */
			uint64_t blocks = geo->ag_blocks;
			uint64_t from = start + (blocks * i / per_group << geo->block_log);
			uint64_t to = start + (blocks * (i + 1) / per_group << geo->block_log);

			cell->start_bytes = from < end ? from : end;
			cell->end_bytes = to < end ? to : end;
		}
	}
	return 0;
}

void map_picture_fini(struct map_picture *picture)
{
	free(picture->cells);
	picture->cells = NULL;
}

/* ------------------------------------------------------------------ what a cell looks like */

/* Pixels of each shade, from the top, and the heat. Equal looks are drawn as one. */
struct look {
	uint8_t height[SHADES];
	uint8_t heat;
	bool empty; /* beyond the end of the group */
};

static struct look look_of(const struct usage_cell *cell)
{
	uint64_t bytes[SHADES] = {0}, size = cell->end_bytes - cell->start_bytes;
	struct look look = {.empty = size == 0};
	unsigned used = 0;
	double owners;

	if (look.empty)
		return look;
	for (int kind = 0; kind < USAGE_KINDS; kind++)
		bytes[shade_of((enum usage_kind)kind)] += cell->bytes[kind];
	for (int shade = 0; shade < SHADES; shade++) {
		double share = (double)bytes[shade] / (double)size;
		unsigned height = (unsigned)(share * CELL_HEIGHT + 0.5);

		/* What is there shows. */
		if (height == 0 && bytes[shade] > 0 && shade != SHADE_FREE)
			height = 1;
		look.height[shade] = (uint8_t)(height < CELL_HEIGHT ? height : CELL_HEIGHT);
		used += look.height[shade];
	}
	/* Rounding goes to the largest part. */
	while (used != CELL_HEIGHT) {
		int largest = 0;

		for (int shade = 1; shade < SHADES; shade++)
			if (look.height[shade] > look.height[largest])
				largest = shade;
		if (used > CELL_HEIGHT) {
			look.height[largest]--;
			used--;
		} else {
			look.height[largest]++;
			used++;
		}
	}
	owners = bytes[SHADE_DATA] ? (double)cell->seen_bytes / (double)bytes[SHADE_DATA] : 1;
	while (look.heat < HEATS - 1 && owners > heats[look.heat].owners)
		look.heat++;
	return look;
}

static bool same_look(const struct look *a, const struct look *b)
{
	return a->empty == b->empty && a->heat == b->heat && memcmp(a->height, b->height, sizeof(a->height)) == 0;
}

/* ------------------------------------------------------------------ drawing */

static unsigned group_top(const struct map_picture *picture, uint32_t agno)
{
	return TOP + agno * (picture->rows_per_group * (CELL_HEIGHT + ROW_GAP) +
			     (picture->rows_per_group > 1 ? GROUP_GAP : 0));
}

static unsigned picture_bottom(const struct map_picture *picture)
{
	return group_top(picture, picture->geo->ag_count);
}

static unsigned row_top(const struct map_picture *picture, size_t row)
{
	return group_top(picture, (uint32_t)(row / picture->rows_per_group)) +
	       (unsigned)(row % picture->rows_per_group) * (CELL_HEIGHT + ROW_GAP);
}

static void draw_text(FILE *out, unsigned x, unsigned y, const char *class, const char *anchor, const char *text)
{
	fprintf(out, "<text x=\"%u\" y=\"%u\" class=\"%s\" text-anchor=\"%s\">%s</text>\n", x, y, class, anchor, text);
}

static void draw_run(FILE *out, const struct look *look, unsigned x, unsigned y, unsigned width)
{
	/* From the top: what is rarer. */
	for (int shade = SHADES - 1; shade >= 0; shade--) {
		const char *colour = shade == SHADE_DATA ? heats[look->heat].colour : shades[shade].colour;

		if (look->height[shade] == 0)
			continue;
		fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\"/>\n", x, y, width,
			look->height[shade], colour);
		y += look->height[shade];
	}
}

static void draw_row(const struct map_picture *picture, size_t row, FILE *out)
{
	const struct usage_cell *cells = picture->cells + row * picture->columns;
	unsigned y = row_top(picture, row), first = 0;
	struct look run = look_of(&cells[0]);

	for (unsigned i = 1; i <= picture->columns; i++) {
		struct look look = {.empty = true};

		if (i < picture->columns) {
			look = look_of(&cells[i]);
			if (same_look(&look, &run))
				continue;
		}
		if (!run.empty)
			draw_run(out, &run, LEFT + first * CELL_WIDTH, y, (i - first) * CELL_WIDTH);
		run = look;
		first = i;
	}
}

/* A frame where something in the cell is bad. */
static void draw_bad(const struct map_picture *picture, size_t index, FILE *out)
{
	const struct usage_cell *cell = &picture->cells[index];
	bool bad = interval_overlaps(picture->bad, cell->start_bytes, cell->end_bytes);
	unsigned x = LEFT + (unsigned)(index % picture->columns) * CELL_WIDTH;
	unsigned y = row_top(picture, index / picture->columns);
	char size[SIZE_TEXT];

	if (!bad || cell->start_bytes == cell->end_bytes)
		return;
	fprintf(out,
		"<g class=\"bad\"><title>bad: bytes from %llu, cell of %s</title>"
		"<rect x=\"%d\" y=\"%d\" width=\"%u\" height=\"%u\"/>"
		"<path d=\"M%u %u l%u %u m0 -%u l-%u %u\"/></g>\n",
		(unsigned long long)cell->start_bytes, size_text(size, cell->end_bytes - cell->start_bytes), (int)x - 2,
		(int)y - 2, CELL_WIDTH + 4, CELL_HEIGHT + 4, x + 1, y + 3, CELL_WIDTH - 2, CELL_HEIGHT - 6,
		CELL_HEIGHT - 6, CELL_WIDTH - 2, CELL_HEIGHT - 6);
}

static void draw_group(const struct map_picture *picture, uint32_t agno, FILE *out)
{
	size_t per_group = (size_t)picture->columns * picture->rows_per_group, first = agno * per_group;
	const struct usage_cell *last = &picture->cells[first + per_group - 1];
	uint64_t free_bytes = 0, size = last->end_bytes - picture->cells[first].start_bytes;
	char text[120], size_words[SIZE_TEXT];
	/* Many thin groups: name every fourth or so. */
	unsigned every = picture->rows_per_group > 1 ? 1 : 4;

	for (size_t i = first; i < first + per_group; i++)
		free_bytes += picture->cells[i].bytes[USAGE_FREE];
	for (unsigned row = 0; row < picture->rows_per_group; row++)
		draw_row(picture, agno * picture->rows_per_group + row, out);
	if (agno % every != 0)
		return;
	(void)snprintf(text, sizeof(text), "AG %u", agno);
	draw_text(out, LEFT - 10, group_top(picture, agno) + 11, "name", "end", text);
	if (picture->rows_per_group < 2)
		return;
	(void)snprintf(text, sizeof(text), "%s, %.0f%% used", size_text(size_words, size),
		       size ? 100.0 * (double)(size - free_bytes) / (double)size : 0);
	draw_text(out, LEFT - 10, group_top(picture, agno) + 25, "small", "end", text);
}

static void draw_legend(const struct map_picture *picture, FILE *out)
{
	unsigned x = LEFT, y = 62;
	size_t cell = (size_t)picture->cells[0].end_bytes - picture->cells[0].start_bytes;
	char text[80], size[SIZE_TEXT];

	for (int shade = 0; shade < SHADES; shade++) {
		if (shade == SHADE_DATA)
			continue;
		fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x, y,
			shades[shade].colour);
		draw_text(out, x + 17, y + 10, "small", "start", shades[shade].title);
		x += 40 + 6 * (unsigned)strlen(shades[shade].title);
	}
	x = LEFT;
	y += 22;
	draw_text(out, x, y + 10, "small", "start", "file data, by owners of a byte:");
	x += 190;
	for (size_t i = 0; i < HEATS; i++) {
		fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x, y,
			heats[i].colour);
		draw_text(out, x + 17, y + 10, "small", "start", heats[i].title);
		x += 36 + 6 * (unsigned)strlen(heats[i].title);
	}
	fprintf(out,
		"<g class=\"bad\"><rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\"/><path d=\"M%u %u l8 8 m0 -8 l-8 "
		"8\"/></g>\n",
		x, y, x + 2, y + 2);
	draw_text(out, x + 17, y + 10, "small", "start", "bad");
	(void)snprintf(text, sizeof(text), "a cell is %s", size_text(size, cell));
	draw_text(out, x + 70, y + 10, "small", "start", text);
}

static void draw_title(const struct map_picture *picture, FILE *out)
{
	const struct geometry *geo = picture->geo;
	char size[SIZE_TEXT];

	fprintf(out, "<text x=\"%u\" y=\"32\" class=\"title\">", LEFT);
	for (const char *c = picture->title; *c;) {
		size_t plain = strcspn(c, "<&");

		escape_replace(out, c, plain);
		c += plain;
		if (*c)
			fputs(*c++ == '<' ? "&lt;" : "&amp;", out);
	}
	fprintf(out,
		"</text>\n<text x=\"%u\" y=\"50\" class=\"small\">%s in %u allocation groups, blocks of %u "
		"bytes</text>\n",
		LEFT, size_text(size, geo->blocks << geo->block_log), geo->ag_count, geo->block_bytes);
}

/* What a bad range hits: each kind of thing once, and how many files own a part of it. */
static void write_hits(const struct damage_report *damage, const struct damage_range *range, FILE *out)
{
	bool seen[DAMAGE_CODES] = {false};
	size_t owners = 0;
	const char *before = ": hits ";

	for (size_t i = 0; i < range->piece_count; i++) {
		const struct damage_piece *piece = &damage->pieces[range->piece + i];

		owners = piece->owner_count > owners ? piece->owner_count : owners;
		if (seen[piece->code])
			continue;
		seen[piece->code] = true;
		fprintf(out, "%s%s", before, damage_kinds[piece->code].title);
		before = ", ";
	}
	if (owners > 0)
		fprintf(out, " (of up to %zu owners)", owners);
}

/* The bad ranges in words, below the picture. */
static void draw_bad_list(const struct map_picture *picture, FILE *out)
{
	unsigned y = picture_bottom(picture) + 20;
	char text[160], size[SIZE_TEXT];

	for (size_t i = 0; i < picture->bad->count && i < BAD_LINES_MAX; i++) {
		const struct interval *bad = &picture->bad->items[i];

		fprintf(out, "<text x=\"%u\" y=\"%u\" class=\"small\">bad: %s at byte %llu", LEFT, y,
			size_text(size, bad->end - bad->start), (unsigned long long)bad->start);
		if (picture->damage && i < picture->damage->range_count)
			write_hits(picture->damage, &picture->damage->ranges[i], out);
		fputs("</text>\n", out);
		y += 15;
	}
	if (picture->bad->count > BAD_LINES_MAX) {
		(void)snprintf(text, sizeof(text), "and %zu ranges more", picture->bad->count - BAD_LINES_MAX);
		draw_text(out, LEFT, y, "small", "start", text);
	}
}

int report_map_svg(const struct map_picture *picture, FILE *out, struct error *err)
{
	unsigned lines = (unsigned)(picture->bad->count < BAD_LINES_MAX ? picture->bad->count : BAD_LINES_MAX + 1);
	unsigned width = LEFT + picture->columns * CELL_WIDTH + RIGHT;
	unsigned height = picture_bottom(picture) + 30 + lines * 15;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n"
		"<style>text{font-family:sans-serif;fill:#222}.title{font-size:18px;font-weight:bold}"
		".name{font-size:12px;font-weight:bold}.small{font-size:11px;fill:#444}"
		".bad rect{fill:none;stroke:#000;stroke-width:2}.bad "
		"path{stroke:#000;stroke-width:2;fill:none}</style>\n"
		"<rect width=\"%u\" height=\"%u\" fill=\"#ffffff\"/>\n",
		width, height, width, height, width, height);
	draw_title(picture, out);
	draw_legend(picture, out);
	for (uint32_t agno = 0; agno < picture->geo->ag_count; agno++)
		draw_group(picture, agno, out);
	for (size_t i = 0; i < picture->cell_count; i++)
		draw_bad(picture, i, out);
	draw_bad_list(picture, out);
	fputs("</svg>\n", out);
	return ferror(out) ? error_set_errno(err, ERR_IO, errno, "cannot write the picture") : 0;
}
