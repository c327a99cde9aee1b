/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A UUID as people write it. */
#ifndef REPORT_UUID_TEXT_H
#define REPORT_UUID_TEXT_H

#include "base/uuid.h"

#define UUID_TEXT 37u

/* Returns @text. */
const char *uuid_text(char text[UUID_TEXT], const struct uuid *uuid);

#endif
