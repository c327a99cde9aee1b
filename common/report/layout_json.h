/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structures as JSON, from the same layouts as the text: parts are objects, arrays are arrays (from 0, whatever people
 * count from), values what layout_show says. Numbers are numbers, all 64 bits of them; addresses of nowhere null;
 * dates RFC 3339; text that is not UTF-8 has its bytes in a member "..._hex" beside it, and what a number means stands
 * in "..._name", whether a checksum is right in "..._status". What does not exist in the structure is no member.
 */
#ifndef REPORT_LAYOUT_JSON_H
#define REPORT_LAYOUT_JSON_H

#include "report/json_line.h"
#include "report/layout.h"

/* Everything that is not hidden, as members of @line. */
void layout_json(struct json_line *line, const struct layout *layout, const struct layout_source *source);

/*
 * What @path leads to, as members of @line in the places that it has in the whole. Arrays hold the elements wanted
 * alone.
 */
void layout_json_path(struct json_line *line, const struct layout_path *path, const struct layout_source *source);

#endif
