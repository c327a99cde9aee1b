/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mistakes on a command line, said the same way by every program. */
#include "cli/options.h"

#include <string.h>

#include "report/size.h"

#define THREADS_MAX 1024u

int cli_refuse(const struct option *known, int option, const char *argument, struct error *err)
{
	const char *equals = strchr(argument, '=');

	if (option == ':')
		return error_set(err, ERR_INVALID, "%.60s wants a value", argument);
	for (; equals && known->name; known++)
		if (optopt == known->val && known->has_arg == no_argument)
			return error_set(err, ERR_INVALID, "--%s takes no value", known->name);
	if (optopt > 0 && optopt < 256)
		return error_set(err, ERR_INVALID, "there is no option -%c", optopt);
	return error_set(err, ERR_INVALID, "there is no option %.60s", argument);
}

const char *cli_argument(char **argv)
{
	return argv[optind > 1 ? optind - 1 : 1];
}

int cli_set_file(const char **file, const char *name, const char *value, struct error *err)
{
	if (*file)
		return error_set(err, ERR_INVALID, "%s is given twice", name);
	if (!value[0])
		return error_set(err, ERR_INVALID, "%s names no file", name);
	*file = value;
	return 0;
}

int cli_set_threads(unsigned *threads, const char *text, struct error *err)
{
	uint64_t value;

	if (strspn(text, "0123456789") != strlen(text) || size_parse(text, strlen(text), &value) != 0 || value < 1 ||
	    value > THREADS_MAX)
		return error_set(err, ERR_INVALID, "--threads wants a number from 1 to %u, not '%.60s'", THREADS_MAX,
				 text);
	*threads = (unsigned)value;
	return 0;
}

int cli_operand(int argc, char **argv, const char *none, const char *what, const char **out, struct error *err)
{
	if (optind == argc)
		return error_set(err, ERR_INVALID, "%s", none);
	if (argc - optind > 1)
		return error_set(err, ERR_INVALID, "only one of '%.60s' and '%.60s' can be %s", argv[optind],
				 argv[optind + 1], what);
	if (!argv[optind][0])
		return error_set(err, ERR_INVALID, "the name of the device is empty");
	*out = argv[optind];
	return 0;
}
