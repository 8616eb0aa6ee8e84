import uuid

from django.db import models


class Gift(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    email = models.EmailField()
    country = models.CharField(max_length=2)
    line1 = models.CharField(max_length=200)
    locality = models.CharField(max_length=100)
    region = models.CharField(max_length=100)
    postcode = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)
