"""The SMS object as the guide of the API shows it."""

GUIDE = {
    "sid": "smsabcdef12345678",
    "direction": "outbound",
    "from": "TOPIMMO",
    "to": "+33639981020",
    "body": {"text": "Hello world!"},
    "trafficType": "marketing",
    "status": "sent",
    "error": None,
    "cost": "4.50",
    "paymentType": "prepaid",
    "created": "2025-04-24T17:42:28Z",
    "updated": "2025-04-24T17:42:30Z",
    "sent": "2025-04-24T17:42:29Z",
    "delivered": None,
    "encoding": "gsm",
    "parts": 1,
    "network": "20801",
    "statusHistory": [
        {"before": "created", "after": "pending", "at": "2025-04-24T17:42:28Z"},
        {"before": "pending", "after": "sent", "at": "2025-04-24T17:42:29Z"},
    ],
}
