"""A local telephone exchange that speaks Twilio's REST calls API and acts as Twilio does.

It knows nothing of the product that rings through it.

`core.Exchange` is free of I/O: instants, a seed and requests go in; answers, signed webhooks and log events come out.
`virtual.VirtualDriver` runs it in virtual time in one thread, `server.serve` in real time over sockets.
"""
