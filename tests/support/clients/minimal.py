"""Send one SMS with the standard library alone, the number as it is written: its + is not escaped."""

import json
import sys
from urllib.request import Request, urlopen

url, key, number, text = sys.argv[1:]
request = Request(
    f"{url}/sms?to={number}&trafficType=marketing",
    data=json.dumps({"text": text}).encode(),
    headers={"accept": "application/json", "content-type": "application/json", "x-api-key": key},
    method="POST",
)
with urlopen(request, timeout=10) as answer:
    print(json.dumps({"http": answer.status, **json.load(answer)}))
