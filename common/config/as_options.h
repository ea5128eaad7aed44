/* Include before a table, inside an array of struct hub_option, with HUB_OPTIONS_STRUCT defined as the struct that the table
 * fills. Meant to be included many times. */
#undef TEXT
#undef CHECKED
#undef SECRET
#undef INT
#undef BOOL
#undef CHOICE
#undef HUB_OPTION_ROW
#define HUB_OPTION_ROW(kind, member, ...)                                                                    \
	{ .type = HUB_OPTION_##kind, .offset = offsetof(HUB_OPTIONS_STRUCT, member), __VA_ARGS__ },
#define TEXT(member, key, preset, longest, text)                                                             \
	HUB_OPTION_ROW(TEXT, member, .name = key, .fallback = preset, .most = longest, .doc = text)
#define CHECKED(member, key, preset, longest, test, text)                                                    \
	HUB_OPTION_ROW(                                                                                      \
	        TEXT, member, .name = key, .fallback = preset, .most = longest, .check = test, .doc = text)
#define SECRET(member, key, longest, text)                                                                   \
	HUB_OPTION_ROW(                                                                                      \
	        TEXT, member, .name = key, .fallback = "", .most = longest, .secret = true, .doc = text)
#define INT(member, key, preset, lowest, highest, text)                                                      \
	HUB_OPTION_ROW(                                                                                      \
	        INT, member, .name = key, .fallback = preset, .least = lowest, .most = highest, .doc = text)
#define BOOL(member, key, preset, text)                                                                      \
	HUB_OPTION_ROW(BOOL, member, .name = key, .fallback = preset, .doc = text)
#define CHOICE(member, key, preset, words, text)                                                             \
	HUB_OPTION_ROW(CHOICE, member, .name = key, .fallback = preset, .choices = words, .doc = text)
