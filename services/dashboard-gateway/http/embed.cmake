# cmake -DIN=file -DOUT=file.c -DNAME=symbol -P embed.cmake: the bytes of a file as a C array.
file(READ "${IN}" bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "#include \"dashboard-gateway/http/documents.h\"\n\nconst unsigned char ${NAME}[] = {\n${bytes}\n};\nconst unsigned ${NAME}_len = sizeof(${NAME});\n")
