/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors: their texts and how they are filled. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *err_text(int code)
{
	switch ((enum err_code)code) {
	case ERR_NOMEM:
		return "out of memory";
	case ERR_IO:
		return "input/output failed";
	case ERR_MEDIA:
		return "media error";
	case ERR_CORRUPT:
		return "corrupt file system";
	case ERR_UNSUPPORTED:
		return "not supported";
	case ERR_NOT_XFS:
		return "not an XFS file system";
	case ERR_BUSY:
		return "in use";
	case ERR_INVALID:
		return "invalid request";
	case ERR_NOT_FOUND:
		return "not found";
	case ERR_CANCELLED:
		return "cancelled";
	}
	return "unknown error";
}

const char *flaw_text(enum flaw flaw)
{
	switch (flaw) {
	case FLAW_NONE:
		return "sound";
	case FLAW_MAGIC:
		return "bad magic number";
	case FLAW_CRC:
		return "bad checksum";
	case FLAW_UUID:
		return "UUID of another file system";
	case FLAW_OWNER:
		return "wrong owner";
	case FLAW_ADDRESS:
		return "wrong own address";
	case FLAW_LEVEL:
		return "wrong level";
	case FLAW_COUNT:
		return "impossible count";
	case FLAW_ORDER:
		return "out of order";
	case FLAW_RANGE:
		return "out of range";
	case FLAW_FORMAT:
		return "invalid value";
	case FLAW_LOOP:
		return "loop";
	case FLAW_SIBLING:
		return "wrong neighbours";
	case FLAW_LSN:
		return "ahead of the journal";
	}
	return "unknown flaw";
}

__attribute__((format(printf, 3, 0))) static void fill(struct error *err, const struct error *head, const char *format,
						       va_list args)
{
	if (!err)
		return;
	*err = *head;
	/* A sentence that does not fit is cut: better than none. */
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
}

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, &(struct error){.code = code}, format, args);
	va_end(args);
	return code;
}

int error_set_errno(struct error *err, int code, int sys_errno, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, &(struct error){.code = code, .sys_errno = sys_errno}, format, args);
	va_end(args);
	if (err && sys_errno) {
		size_t used = strlen(err->text);

		(void)snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerrordesc_np(sys_errno));
	}
	return code;
}

int error_set_at(struct error *err, int code, uint64_t offset_bytes, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, &(struct error){.code = code, .has_offset = true, .offset_bytes = offset_bytes}, format, args);
	va_end(args);
	return code;
}

int error_corrupt(struct error *err, enum flaw flaw, uint64_t offset_bytes, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err,
	     &(struct error){
		     .code = ERR_CORRUPT, .flaw = flaw, .has_offset = true, .offset_bytes = offset_bytes},
	     format, args);
	va_end(args);
	return ERR_CORRUPT;
}
