import os

from almoner.config import database
from almoner.kernel.environment import Environment

SECRET_KEY = "a yardstick holds no secrets"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["floor_django"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
ROOT_URLCONF = "floor_django.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
# The same file or server settings as the product's: WAL, synchronous=FULL, IMMEDIATE, kept connections.
DATABASES = {"default": database.read(Environment(os.environ))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_I18N = False
USE_TZ = True
LOGGING_CONFIG = None
