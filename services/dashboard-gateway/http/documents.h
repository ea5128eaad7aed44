/* openapi.json and asyncapi.json, built in (embed.cmake). */
#ifndef DASHBOARD_GATEWAY_HTTP_DOCUMENTS_H
#define DASHBOARD_GATEWAY_HTTP_DOCUMENTS_H

extern const unsigned char gateway_openapi[], gateway_asyncapi[];
extern const unsigned gateway_openapi_len, gateway_asyncapi_len;

#endif
