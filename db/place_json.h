/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every answer in JSON says of the structure that it is about. */
#ifndef DB_PLACE_JSON_H
#define DB_PLACE_JSON_H

#include "report/json_line.h"
#include "session.h"

/* structure, offset_bytes, length_bytes, verdict (sound, damaged, not_checked), why (null unless damaged). */
void place_json(struct json_line *line, const struct position *position);

#endif
