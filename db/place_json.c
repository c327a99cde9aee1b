/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "place_json.h"

#include "report/json_parts.h"
#include "type.h"

void place_json(struct json_line *line, const struct position *position)
{
	const struct error *flaw = &position->flaw;
	bool is_damaged = flaw->code != 0 && flaw->code != ERR_NOT_FOUND;

	json_text(line, "structure", position->place.type->name);
	json_number(line, "offset_bytes", position->place.pieces[0].offset_bytes + position->place.start);
	json_number(line, "length_bytes", position->place.len);
	json_text(line, "verdict", is_damaged ? "damaged" : flaw->code == 0 ? "sound" : "not_checked");
	if (is_damaged)
		json_reason(line, "why", flaw);
	else
		json_null(line, "why");
}
