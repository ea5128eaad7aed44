/* Include before a table, inside an array of struct hub_option, with HUB_OPTIONS_STRUCT defined as the struct that the table
 * fills. Meant to be included many times. */
#undef TEXT
#undef SECRET
#undef INT
#undef BOOL
#undef CHOICE
#define TEXT(member, name, fallback, most, doc) \
	{ HUB_OPTION_TEXT, offsetof(HUB_OPTIONS_STRUCT, member), name, fallback, 0, most, NULL, false, doc },
#define SECRET(member, name, most, doc) \
	{ HUB_OPTION_TEXT, offsetof(HUB_OPTIONS_STRUCT, member), name, "", 0, most, NULL, true, doc },
#define INT(member, name, fallback, least, most, doc) \
	{ HUB_OPTION_INT, offsetof(HUB_OPTIONS_STRUCT, member), name, fallback, least, most, NULL, false, doc },
#define BOOL(member, name, fallback, doc) \
	{ HUB_OPTION_BOOL, offsetof(HUB_OPTIONS_STRUCT, member), name, fallback, 0, 0, NULL, false, doc },
#define CHOICE(member, name, fallback, choices, doc) \
	{ HUB_OPTION_CHOICE, offsetof(HUB_OPTIONS_STRUCT, member), name, fallback, 0, 0, choices, false, doc },
