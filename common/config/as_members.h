/* Include before a table, inside a struct: its rows become members. Meant to be included many times. */
#undef TEXT
#undef CHECKED
#undef SECRET
#undef INT
#undef BOOL
#undef CHOICE
#define TEXT(member, name, fallback, most, doc) const char *member;
#define CHECKED(member, name, fallback, most, check, doc) const char *member;
#define SECRET(member, name, most, doc) const char *member;
#define INT(member, name, fallback, least, most, doc) int64_t member;
#define BOOL(member, name, fallback, doc) bool member;
#define CHOICE(member, name, fallback, choices, doc) int32_t member;
